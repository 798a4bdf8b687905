"""Module-level values as the compiler meets them: which Python type they have, and whether they are constants."""

from __future__ import annotations

import ast
import re
from typing import TYPE_CHECKING

from torchscript_lint import library
from torchscript_lint.program import Class, External, Function, Value
from torchscript_lint.script.values import (
    NO,
    UNKNOWN_VALUE,
    Functions,
    Opaque,
    PythonObject,
    Simple,
    Special,
    Sugared,
)
from torchscript_lint.types.model import BOOL, COMPLEX, DEVICE, FLOAT, INT, NONE, STR, TupleType, Type

if TYPE_CHECKING:
    from torchscript_lint.script.resolve import Names

_GLOBAL = re.compile(r"^\s+global\s+(.+)$", re.MULTILINE)
_LITERALS: dict[type, tuple[str, Type]] = {
    bool: ("bool", BOOL),
    int: ("int", INT),
    float: ("float", FLOAT),
    complex: ("complex", COMPLEX),
    str: ("str", STR),
}
_DISPLAYS: dict[type[ast.expr], str] = {
    ast.List: "list",
    ast.ListComp: "list",
    ast.Dict: "dict",
    ast.DictComp: "dict",
    ast.Set: "set",
    ast.SetComp: "set",
    ast.GeneratorExp: "generator",
    ast.JoinedStr: "str",
}
#: Calls whose result's Python type is sure.
_CALLS = {
    "dict": "dict", "list": "list", "tuple": "tuple", "set": "set", "frozenset": "frozenset", "str": "str",
    "int": "int", "float": "float", "bool": "bool", "len": "int", "sorted": "list", "logging.getLogger": "Logger",
    "torch.device": "device", "torch.tensor": "Tensor", "torch.zeros": "Tensor", "torch.ones": "Tensor",
    "torch.arange": "Tensor", "collections.OrderedDict": "OrderedDict", "collections.defaultdict": "defaultdict",
    "re.compile": "Pattern", "os.getenv": "", "object": "object", "threading.Lock": "lock", "math.sqrt": "float",
    "math.log": "float", "os.environ.get": "", "torch.finfo": "finfo",
}  # fmt: skip


def is_none(value: Value) -> bool:
    """Whether a module-level name is None for sure."""
    return isinstance(value.value, ast.Constant) and value.value.value is None and _bound_once(value)


def _bound_once(value: Value) -> bool:
    if len(value.module.bindings.get(value.name, ())) != 1:
        return False
    return value.name not in _global_names(value)


def _global_names(value: Value) -> frozenset[str]:
    """Names that functions of the file rebind through ``global``."""
    cached = value.module.__dict__.get("_global_names")
    if cached is None:
        statements = _GLOBAL.findall(value.module.source.text)
        cached = frozenset(name.strip() for names in statements for name in names.split("#")[0].split(","))
        value.module.__dict__["_global_names"] = cached
    found: frozenset[str] = cached
    return found


def sugared(names: Names, value: Value, *, constant: bool) -> Sugared:
    """A module-level value as the compiler meets it.

    Args:
        names: the resolver of the function that uses it.
        value: the name and what is assigned to it.
        constant: whether it is reached as a member of a Python module, where plain values may be used.
    """
    node = value.value
    if node is None:
        return _declared(value, constant)
    if not _bound_once(value):
        kind = _common_kind(names, value)
        return PythonObject(kind) if kind and not constant else _declared(value, constant)
    if isinstance(node, ast.Lambda):
        return Special("lambda")
    if isinstance(node, ast.Call):
        return _call(names, value, node, constant)
    type_name, type_, const = python_type(names, value, node)
    if not type_name:
        return _declared(value, constant)
    if constant and type_ is not None:
        return Simple(type_, const)
    return PythonObject(type_name)


def python_type(names: Names, value: Value, node: ast.expr) -> tuple[str, Type | None, object]:
    """The Python type of an expression at module level, its TorchScript type as a constant, and its value.

    The name is empty where it is not sure; the type None where it cannot be a constant.
    """
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
        name, type_, const = python_type(names, value, node.operand)
        if isinstance(node.op, ast.Not):
            return "bool", BOOL, NO
        if name in ("int", "float", "complex"):
            return name, type_, -const if isinstance(const, (int, float, complex)) else NO
        return "", None, NO
    if isinstance(node, ast.Constant):
        for kind, (name, type_) in _LITERALS.items():
            if type(node.value) is kind:
                return name, type_, node.value
        if node.value is None:
            return "NoneType", NONE, None
        return type(node.value).__name__, None, NO
    if type(node) in _DISPLAYS:
        return _DISPLAYS[type(node)], None, NO
    if isinstance(node, ast.Tuple):
        parts = [python_type(names, value, item) for item in node.elts]
        types = [part[1] for part in parts if part[1] is not None]
        return "tuple", TupleType.of(types) if len(types) == len(parts) else None, NO
    if isinstance(node, ast.BinOp):
        return _arithmetic(names, value, node)
    if isinstance(node, (ast.Name, ast.Attribute)):
        return _reference(names, value, node)
    if isinstance(node, ast.Call):
        found = names.session.program.definition(value.module, node.func)
        if isinstance(found, External) and found.name.startswith("math."):
            name = _called(found.name)
            return name, {"int": INT, "bool": BOOL}.get(name, FLOAT if name else None), NO
        return "", None, NO
    if isinstance(node, ast.Compare) and (
        all(isinstance(op, (ast.Is, ast.IsNot, ast.In, ast.NotIn)) for op in node.ops)
        or any(
            isinstance(part, ast.Constant) and isinstance(part.value, str) for part in (node.left, *node.comparators)
        )
    ):
        return "bool", BOOL, NO
    return "", None, NO


def _arithmetic(names: Names, value: Value, node: ast.BinOp) -> tuple[str, Type | None, object]:
    left = python_type(names, value, node.left)[0]
    right = python_type(names, value, node.right)[0]
    if left in ("int", "float") and right in ("int", "float"):
        if isinstance(node.op, ast.Div) or "float" in (left, right):
            return "float", FLOAT, NO
        if isinstance(node.op, ast.Pow):
            return "", None, NO
        return "int", INT, NO
    if left == right and left in ("str", "list", "tuple") and isinstance(node.op, ast.Add):
        return left, STR if left == "str" else None, NO
    return "", None, NO


def _reference(names: Names, value: Value, node: ast.expr) -> tuple[str, Type | None, object]:
    found = names.session.program.definition(value.module, node)
    if isinstance(found, External):
        entry = library.attribute(found.name) if "." in found.name else library.builtin(found.name)
        if entry is not None and entry.kind == "constant" and entry.type is not None:
            const = entry.value if entry.value is not None else NO
            if entry.type is INT:
                name = "int" if not found.name.startswith("torch.") else "dtype"
                return name, INT, const
            return str(entry.type), entry.type, const
        return "", None, NO
    if isinstance(found, Value) and found is not value and found.value is not None and _bound_once(found):
        return python_type(names, found, found.value)
    return "", None, NO


def _call(names: Names, value: Value, node: ast.Call, constant: bool) -> Sugared:
    program = names.session.program
    found = program.definition(value.module, node.func)
    if isinstance(found, External):
        if found.name in ("torch.jit.script", "torch.jit.ignore", "torch.jit.unused") and len(node.args) == 1:
            inner = program.definition(value.module, node.args[0])
            if isinstance(inner, Function):
                return Functions((inner,)) if found.name == "torch.jit.script" else Opaque(inner)
            return UNKNOWN_VALUE
        type_name = _called(found.name)
        if not type_name:
            return _declared(value, constant)
        if constant and type_name == "device":
            return Simple(DEVICE)
        if constant and type_name in ("int", "float", "bool", "str", "tuple"):
            return UNKNOWN_VALUE
        return PythonObject(type_name)
    if isinstance(found, Class):
        from torchscript_lint.script.resolve import class_kind

        # An instance is never a value to the compiler, members of an Enum apart.
        return UNKNOWN_VALUE if class_kind(found) in ("enum", "unknown") else PythonObject(found.name)
    if isinstance(found, Function) and isinstance(found.node.returns, ast.Name) and not found.decorators:
        declared = found.node.returns.id
        if declared in _DECLARED and not constant:
            return PythonObject(declared)
    return _declared(value, constant)


#: Functions of math that give an int or a bool.
_MATH = {
    **dict.fromkeys(("ceil", "floor", "gcd", "lcm", "factorial", "comb", "perm", "isqrt", "trunc"), "int"),
    **dict.fromkeys(("isclose", "isfinite", "isinf", "isnan"), "bool"),
    **dict.fromkeys(("frexp", "modf", "prod"), ""),
}


def _called(name: str) -> str:
    """The Python type that a call of a name outside the program gives; empty where it is not sure."""
    package, _, last = name.rpartition(".")
    if package == "math":
        return _MATH.get(last, "float")
    return _CALLS.get(name, "") or _class_named(name)


def _class_named(name: str) -> str:
    """The class's name where the callee is one by its spelling: an instance is never a value to the compiler."""
    package, _, last = name.rpartition(".")
    if package.partition(".")[0] in ("torch", "enum", "typing", "typing_extensions", "collections"):
        return ""
    return last if package and last[:1].isupper() and not last.isupper() else ""


def _common_kind(names: Names, value: Value) -> str:
    """The Python type that all bindings of a name give it; empty where they differ or one isn't sure.

    A ``global`` statement may rebind it to anything; that it stays what it was is all the source tells.
    """
    kinds = set()
    for binding in value.module.bindings.get(value.name, ()):
        if binding.kind != "assign" or binding.value is None:
            return ""
        if isinstance(binding.value, ast.Call):
            name = value.module.dotted(binding.value)
            kinds.add(_called(name))
        else:
            kinds.add(python_type(names, value, binding.value)[0])
    kinds.discard("NoneType")
    return kinds.pop() if len(kinds) == 1 else ""


_DECLARED = frozenset({"bool", "int", "float", "str", "list", "dict", "tuple", "set"})


def _declared(value: Value, constant: bool) -> Sugared:
    """A value whose Python type only its annotation tells, ``X: bool = ...``; as a constant it stays unknown."""
    annotation = value.annotation
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    if isinstance(annotation, ast.Name) and annotation.id.lower() in _DECLARED and not constant:
        return PythonObject(annotation.id.lower())
    return UNKNOWN_VALUE
