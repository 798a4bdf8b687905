"""Default values against the parameters' types (``getSchemaWithNameAndDefaults`` of ``script_init.cpp``).

They are checked after the body has compiled, and blamed on the ``def``.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Sequence
from typing import TYPE_CHECKING

from torchscript_lint import library
from torchscript_lint.library import Arg
from torchscript_lint.program import Class, External, Function, Module, ModuleRef, Value
from torchscript_lint.script.pykinds import Kinds
from torchscript_lint.source import tree
from torchscript_lint.types.model import (
    ANY,
    BOOL,
    COMPLEX,
    DEVICE,
    FLOAT,
    INFERRED,
    INT,
    NONE,
    NUMBER,
    STR,
    TENSOR,
    ClassType,
    DictType,
    ListType,
    TupleType,
    Type,
    UnionType,
    is_tensor,
    members,
)
from torchscript_lint.types.relations import is_subtype

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker


def check(checker: Checker, definition: tree.Def, args: Sequence[Arg], skip: int) -> None:
    """Report the first default that doesn't fit, as the compiler does.

    Args:
        checker: of the function.
        definition: the function.
        args: its parameters after the skipped ones.
        skip: how many parameters at the front (``self``) are left out.
    """
    for param, arg in zip(definition.params[skip:], args, strict=True):
        if param.default is None or param.kind == "keyword":
            continue
        if _mutable(checker, param.default) or isinstance(arg.type, ClassType):
            if isinstance(arg.type, ClassType) and arg.type.kind == "interface":
                continue
            kind = type(param.default).__name__.lower()
            checker.report("mutable-default", definition, name=param.name, kind=kind)
            return
        fits = value_fits(checker, param.default, arg.type, arg.n)
        if fits is False:
            rule = "unannotated-default" if arg.type is INFERRED else "default-type"
            checker.report(
                rule, definition, name=param.name, type=str(arg.type), default=ast.unparse(param.default),
                annotation=_python_type(param.default),
            )  # fmt: skip
            return


def _mutable(checker: Checker, node: ast.expr) -> bool:
    """``checkMutableFunctionDefault``: lists and dicts, also inside tuples, under a name, or made by a call."""
    if isinstance(node, (ast.List, ast.ListComp, ast.Dict, ast.DictComp)):
        return True
    if isinstance(node, ast.Call):
        name = checker.session.program.dotted(checker.function.module, node.func)
        if name == "torch.jit.annotate" and len(node.args) == 2:
            return _mutable(checker, node.args[1])
        return name in ("list", "dict", "sorted")
    if isinstance(node, ast.Name):
        found = checker.session.program.definition(checker.function.module, node, checker.function.enclosing)
        return isinstance(found, Value) and isinstance(found.value, (ast.List, ast.ListComp, ast.Dict, ast.DictComp))
    return isinstance(node, ast.Tuple) and any(_mutable(checker, item) for item in node.elts)


def _python_type(node: ast.expr) -> str:
    """What to annotate an unannotated parameter with, going by its default."""
    if isinstance(node, ast.UnaryOp):
        node = node.operand
    if isinstance(node, ast.Constant):
        return type(node.value).__name__
    return "Tuple[...]" if isinstance(node, ast.Tuple) else "..."


def _own_type(checker: Checker, node: ast.expr) -> Type | None:
    """The type that a default has by itself, where the source tells."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        return _own_type(checker, node.operand)
    if isinstance(node, ast.Constant):
        return _OWN.get(type(node.value))
    if isinstance(node, ast.Call):
        entry = library.attribute(checker.session.program.dotted(checker.function.module, node.func))
        schemas = library.schemas(entry.op) if entry is not None and entry.kind == "builtin" else ()
        return TENSOR if schemas and all(schema.result is TENSOR for schema in schemas) else None
    return None


#: The types of Python's values (``tryToInferType`` of ``pybind_utils.h``).
_OWN: dict[type, Type] = {type(None): NONE, bool: BOOL, int: INT, float: FLOAT, complex: COMPLEX, str: STR}


def value_fits(checker: Checker, node: ast.expr, type_: Type, n: int | None = None) -> bool | None:
    """Whether a default can be converted to a type (``toIValue`` of ``pybind_utils.cpp``); None if that is not sure.

    Args:
        checker: of the function.
        node: the default.
        type_: the parameter's type.
        n: of a broadcasting list, its length: one element then stands for n.
    """
    if type_.unknown:
        return None
    if isinstance(node, (ast.Name, ast.Attribute)) and _is_object(checker, node):
        return False
    if isinstance(node, ast.Subscript) and checker.function.module.dotted(node.value).startswith("typing."):
        return False  # `context=Optional[Tensor]`: an annotation that slipped
    if type_ is ANY:
        return None
    if n and isinstance(type_, ListType) and not isinstance(node, ast.Tuple):
        return value_fits(checker, node, type_.elem)
    if isinstance(type_, UnionType):
        # Nothing is converted: the value's own type must be among them.
        own = _own_type(checker, node)
        if own is not None:
            return is_subtype(own, type_)
    alternatives = list(members(type_))
    if len(alternatives) > 1:
        answers = [value_fits(checker, node, alternative) for alternative in alternatives]
        return True if True in answers else None if None in answers else False
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return value_fits(checker, node.operand, type_)
    if isinstance(node, ast.Constant):
        return _constant_fits(node.value, type_)
    if isinstance(node, ast.BinOp):
        number = _number(node)
        return _constant_fits(number, type_) if number is not None else None
    if isinstance(node, ast.Call):
        return _kind_fits(checker, checker.function.module, node, type_)
    if isinstance(node, ast.Tuple):
        return _tuple_fits(checker, node, type_)
    if isinstance(node, (ast.Name, ast.Attribute)):
        return _name_fits(checker, node, type_)
    if isinstance(node, (ast.JoinedStr, ast.Set, ast.SetComp, ast.Lambda)):
        return type_ is STR and isinstance(node, ast.JoinedStr)
    return None


def _number(node: ast.expr) -> int | float | None:
    """A number of the type that arithmetic on literals gives, or None where it is something else."""
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.UAdd)):
        return _number(node.operand)
    if isinstance(node, ast.Constant):
        value = node.value
        return value if isinstance(value, (int, float)) and not isinstance(value, bool) else None
    if isinstance(node, ast.BinOp):
        left, right = _number(node.left), _number(node.right)
        if left is None or right is None:
            return None
        if isinstance(node.op, ast.Div) or float in (type(left), type(right)):
            return 0.5
        return None if isinstance(node.op, ast.Pow) else 1
    return None


def _constant_fits(value: object, type_: Type) -> bool | None:
    if value is None:
        # pybind's bool caster takes None for False.
        return type_ in (NONE, BOOL) or is_tensor(type_)
    if isinstance(value, bool):
        return type_ in (BOOL, INT, NUMBER, FLOAT)
    if isinstance(value, int):
        return type_ in (INT, FLOAT, NUMBER, COMPLEX, BOOL)
    if isinstance(value, float):
        return type_ in (FLOAT, NUMBER, COMPLEX, BOOL)
    if isinstance(value, complex):
        return type_ in (COMPLEX, NUMBER)
    if isinstance(value, str):
        return type_ in (STR, DEVICE)
    return False


def _tuple_fits(checker: Checker, node: ast.Tuple, type_: Type) -> bool | None:
    if isinstance(type_, TupleType):
        if len(node.elts) != len(type_.parts):
            return False
        answers = [value_fits(checker, item, part) for item, part in zip(node.elts, type_.parts, strict=True)]
    elif isinstance(type_, ListType):
        answers = [value_fits(checker, item, type_.elem) for item in node.elts]
    else:
        return None if isinstance(type_, DictType) else False
    return False if False in answers else None if None in answers else True


#: A value of each type that an expression may give.
_SAMPLES: dict[Type, object] = {INT: 0, FLOAT: 0.5, STR: "", BOOL: True, COMPLEX: 2j}


def _kind_fits(checker: Checker, module: Module, node: ast.expr, type_: Type) -> bool | None:
    """Whether what an expression gives can be converted, by its type alone."""
    kind = Kinds(checker.session.program, module).of(node)
    sample = _SAMPLES.get(kind.type) if kind is not None and kind.type is not None else None
    return _constant_fits(sample, type_) if sample is not None else None


def _is_object(checker: Checker, node: ast.expr) -> bool:
    """Whether it is a function, a class or a module: no value of any type, Any included."""
    found = checker.session.program.definition(checker.function.module, node, checker.function.enclosing)
    if not isinstance(found, External):
        return isinstance(found, (Function, Class, ModuleRef))
    if "." not in found.name:
        return hasattr(builtins, found.name) or library.has_module(found.name)
    entry = library.attribute(found.name)
    return entry is not None and entry.kind in ("function", "builtin", "class", "module", "exception", "python")


def _name_fits(checker: Checker, node: ast.expr, type_: Type) -> bool | None:
    program, module = checker.session.program, checker.function.module
    found = program.definition(module, node)
    if isinstance(found, External):
        entry = library.attribute(found.name) if "." in found.name else library.builtin(found.name)
        if entry is None or entry.kind != "constant" or entry.type is None:
            return None
        if isinstance(entry.value, (int, float)) and not found.name.startswith("torch."):
            return _constant_fits(entry.value, type_)
        # A dtype, layout or memory format is an int to the compiler, and nothing else.
        return type_ is entry.type or (type_ is BOOL and None)
    if isinstance(found, Value) and found.value is not None:
        return _kind_fits(checker, found.module, found.value, type_)
    return None
