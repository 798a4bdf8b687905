"""What code outside ``__init__`` sets on instances: other methods, and other code of the same files."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from torchscript_lint.program.classes import lineage
from torchscript_lint.program.definitions import Class, Function
from torchscript_lint.program.instances.model import Attribute
from torchscript_lint.program.module import Module
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


def elsewhere(cls: Class) -> Elsewhere:
    """The stores that matter for a class: by its methods and by other code of its files."""
    stores: dict[str, list[ast.expr | None]] = {}
    names: set[str] = set()
    anywhere: set[str] = set()
    compiled = compiled_methods(cls)
    called = _called_by_init(cls)
    for entry in lineage(cls).classes:
        if not isinstance(entry, Class):
            continue
        for name, value in outside_stores(entry.module).items():
            stores.setdefault(name, []).extend(value)
            names.add(name)
            anywhere.add(name)
        for function in entry.functions.values():
            if function.name == _INIT or function.name in called:
                continue
            for name, values in _self_stores(function).items():
                anywhere.add(name)
                if function.name in compiled:
                    continue  # the compiler checks these against the type that __init__ gives
                stores.setdefault(name, []).extend(values)
                names.add(name)
    for other in _subclasses(cls.module).get(cls, ()):
        names |= _said_by(other)
    return Elsewhere(stores, frozenset(anywhere), frozenset(names))


_Of = TypeVar("_Of")


def _once(compute: Callable[[Function], _Of]) -> Callable[[Function], _Of]:
    """Compute a fact of a function once: every subclass asks for it again."""
    slot = f"_once_{compute.__name__}"

    def asked(function: Function) -> _Of:
        found: _Of | None = function.__dict__.get(slot)
        if found is None:
            found = function.__dict__[slot] = compute(function)
        return found

    return asked


def _subclasses(module: Module) -> dict[Class, list[Class]]:
    """The classes of a file by each of their bases, direct or not."""
    found: dict[Class, list[Class]] | None = getattr(module, "_subclasses", None)
    if found is None:
        found = {}
        for cls in module.classes.values():
            for base in lineage(cls).classes[1:]:
                if isinstance(base, Class):
                    found.setdefault(base, []).append(cls)
        module._subclasses = found  # type: ignore[attr-defined]
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


@_once
def _raises_only(function: Function) -> bool:
    body = function.node.body
    last = body[-1]
    if len(body) > 2 or not isinstance(last, ast.Raise) or last.exc is None:
        return False
    raised = last.exc.func if isinstance(last.exc, ast.Call) else last.exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


@_once
def _self_calls(function: Function) -> set[str]:
    args = function.node.args.args
    first = args[0].arg if args else ""
    return {
        node.attr
        for node in walk(function.node)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == first
    }


def _reach(cls: Class, start: set[str]) -> set[str]:
    functions: dict[str, list[Function]] = {}
    for entry in lineage(cls).classes:
        if isinstance(entry, Class):
            for name, function in entry.functions.items():
                functions.setdefault(name, []).append(function)
    found: set[str] = set()
    todo = [name for name in start if name in functions]
    while todo:
        name = todo.pop()
        if name in found:
            continue
        found.add(name)
        for function in functions[name]:
            todo.extend(_self_calls(function) & functions.keys())
    return found


def compiled_methods(cls: Class) -> set[str]:
    """Names of methods that compiling an instance reaches: ``forward``, exported ones, properties, what they
    use.
    """
    start = {"forward"}
    for entry in lineage(cls).classes:
        if isinstance(entry, Class):
            start |= {
                name
                for name, function in entry.functions.items()
                if function.modifier == "export" or function.is_property
            }
    return _reach(cls, start)


def _called_by_init(cls: Class) -> set[str]:
    return _reach(cls, {_INIT}) - {_INIT}


@_once
def _self_stores(function: Function) -> dict[str, list[ast.expr | None]]:
    args = function.node.args.args
    first = args[0].arg if args and not function.is_static else ""
    owner = function.owner
    prefix = f"_{owner.name.lstrip('_')}" if owner is not None else ""
    found: dict[str, list[ast.expr | None]] = {}
    nodes = list(walk(function.node))
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


def outside_stores(module: Module) -> dict[str, list[ast.expr | None]]:
    """Attributes that a file sets on anything that is not a plain ``self``, or by ``setattr`` with a literal
    name.
    """
    found: dict[str, list[ast.expr | None]] | None = getattr(module, "_outside_stores", None)
    if found is None:
        found = {}
        nodes = list(walk(module.tree))
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
        module._outside_stores = found  # type: ignore[attr-defined]
    return found
