"""What code outside ``__init__`` sets on instances: other methods, and other code of the same files."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from torchscript_lint.plain import dataclass
from torchscript_lint.program.classes import lineage
from torchscript_lint.program.definitions import Class, Function
from torchscript_lint.program.instances.model import Attribute
from torchscript_lint.program.module import Module
from torchscript_lint.program.nodes import nodes_of, nodes_of_file
from torchscript_lint.program.once import once
from torchscript_lint.source.walk import walk
from torchscript_lint.types import model

#: Methods that torch calls itself, or that the run of ``__init__`` has followed.
_INIT = "__init__"


@dataclass(frozen=True)
class Elsewhere:
    """Stores to attributes outside ``__init__``.

    Attributes:
        stores: name → the values stored (None where it is no single expression).
        anywhere: names that any code outside ``__init__`` sets, ``forward`` included.
        names: names that some method, or code outside of the class, may add before the instance is compiled.
    """

    stores: dict[str, list[ast.expr | None]]
    anywhere: frozenset[str]
    names: frozenset[str]

    def same_type(self, name: str, found: Attribute) -> bool:
        """Whether all these stores evidently keep the type."""
        wanted = {
            model.INT: int, model.FLOAT: float, model.BOOL: bool, model.STR: str,
        }.get(found.type)  # fmt: skip
        for value in self.stores[name]:
            if wanted is None or not isinstance(value, ast.Constant) or type(value.value) is not wanted:
                return False
        return True


@once
def elsewhere(cls: Class) -> Elsewhere:
    """The stores that matter for a class: by its methods and by other code of its files."""
    stores: dict[str, list[ast.expr | None]] = {}
    names: set[str] = set()
    anywhere: set[str] = set()
    line = [entry for entry in lineage(cls).classes if isinstance(entry, Class)]
    methods = _methods(line)
    # What compiling an instance reaches: `forward`, exported methods, properties, what they use.
    compiled = _reach(methods, {"forward"}.union(*map(_compiled_first, line)))
    called = _reach(methods, {_INIT})
    for entry in line:
        for name, value in outside_stores(entry.module).items():
            stores.setdefault(name, []).extend(value)
            names.add(name)
            anywhere.add(name)
        for method, stored in _storing(entry):
            if method in called:
                continue
            anywhere |= stored.keys()
            if method in compiled:
                continue  # the compiler checks these against the type that __init__ gives
            for name, values in stored.items():
                stores.setdefault(name, []).extend(values)
                names.add(name)
    for other in _subclasses(cls.module).get(cls, ()):
        names |= _said_by(other)
    return Elsewhere(stores, frozenset(anywhere), frozenset(names))


@once
def _subclasses(module: Module) -> dict[Class, list[Class]]:
    """The classes of a file by each of their bases, direct or not."""
    found: dict[Class, list[Class]] = {}
    for cls in module.classes.values():
        for base in lineage(cls).classes[1:]:
            if isinstance(base, Class):
                found.setdefault(base, []).append(cls)
    return found


def _said_by(cls: Class) -> set[str]:
    """Names that a subclass gives its instances: what the base only uses is not missing from these."""
    names = {*cls.functions, *cls.assigns}
    for function in cls.functions.values():
        names |= _self_stores(function).keys()
    return names


def is_abstract(cls: Class) -> bool:
    """Whether a method that nothing nearer defines says that a subclass is to define it."""
    seen: set[str] = set()
    for entry in lineage(cls).classes:
        if not isinstance(entry, Class):
            continue
        for name, function in entry.functions.items():
            if name not in seen and (_raises_only(function) or "abc.abstractmethod" in function.decorators):
                return True
        seen |= {*entry.functions, *entry.assigns}
    return False


@once
def _raises_only(function: Function) -> bool:
    body = function.node.body
    last = body[-1]
    if len(body) > 2 or not isinstance(last, ast.Raise) or last.exc is None:
        return False
    raised = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


@once
def _self_calls(function: Function) -> set[str]:
    args = function.node.args.args
    first = args[0].arg if args else ""
    return {
        node.attr
        for node in nodes_of(function)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == first
    }


def _methods(line: list[Class]) -> dict[str, list[Function]]:
    methods: dict[str, list[Function]] = {}
    for entry in line:
        for name, function in entry.functions.items():
            methods.setdefault(name, []).append(function)
    return methods


def _reach(methods: dict[str, list[Function]], start: set[str]) -> set[str]:
    """The names of the methods that those of some names use."""
    found: set[str] = set()
    todo = [name for name in start if name in methods]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            for function in methods[name]:
                todo.extend(_self_calls(function) & methods.keys())
    return found


@once
def _compiled_first(cls: Class) -> set[str]:
    """Names of a class's own methods that are compiled for what they are."""
    return {name for name, function in cls.functions.items() if function.modifier == "export" or function.is_property}


@once
def _storing(cls: Class) -> list[tuple[str, dict[str, list[ast.expr | None]]]]:
    """The names of a class's own methods, ``__init__`` apart, that set attributes, and what they store."""
    stored = [(function.name, _self_stores(function)) for function in cls.functions.values() if function.name != _INIT]
    return [(name, values) for name, values in stored if values]


@once
def _self_stores(function: Function) -> dict[str, list[ast.expr | None]]:
    args = function.node.args.args
    first = args[0].arg if args and not function.is_static else ""
    owner = function.owner
    prefix = f"_{owner.name.lstrip('_')}" if owner is not None else ""
    found: dict[str, list[ast.expr | None]] = {}
    nodes = nodes_of(function)
    for target, value in stores(nodes):
        if isinstance(target.value, ast.Name) and target.value.id == first:
            name = target.attr
            if name.startswith("__") and not name.endswith("__"):
                name = prefix + name
            found.setdefault(name, []).append(value)
    for node in nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            register = node.func.attr in (
                "register_buffer",
                "register_parameter",
                "add_module",
                "register_module",
            )
            if (
                (register and isinstance(node.func.value, ast.Name) and node.func.value.id == first and node.args)
                and isinstance(node.args[0], ast.Constant)
                and isinstance(node.args[0].value, str)
            ):
                found.setdefault(node.args[0].value, []).append(None)
    return found


def stores(nodes: Iterable[ast.AST]) -> list[tuple[ast.Attribute, ast.expr | None]]:
    """Every attribute that one of the nodes assigns, with the value if it is one expression."""
    found: list[tuple[ast.Attribute, ast.expr | None]] = []
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Attribute):
                    found.append((target, node.value))
                elif isinstance(target, (ast.Tuple, ast.List)):
                    found.extend((part, None) for part in walk(target) if _is_store(part))  # type: ignore[misc]
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute):
            if node.value is not None:
                found.append((node.target, node.value))
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Attribute):
            found.append((node.target, None))
        elif isinstance(node, ast.For):
            found.extend((part, None) for part in walk(node.target) if _is_store(part))  # type: ignore[misc]
    return found


def _is_store(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store)


@once
def outside_stores(module: Module) -> dict[str, list[ast.expr | None]]:
    """Attributes that a file sets on anything that is not a plain ``self``, or by ``setattr`` with a literal
    name.
    """
    found: dict[str, list[ast.expr | None]] = {}
    nodes = nodes_of_file(module)
    for target, value in stores(nodes):
        if not (isinstance(target.value, ast.Name) and target.value.id in ("self", "cls")):
            found.setdefault(target.attr, []).append(value)
    for node in nodes:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and len(node.args) == 3):
            continue
        base, name, value = node.args
        own = isinstance(base, ast.Name) and base.id == "self"
        if node.func.id == "setattr" and isinstance(name, ast.Constant) and not own:
            found.setdefault(str(name.value), []).append(value)
    return found
