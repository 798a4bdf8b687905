"""Objects of the program's own plain classes, made while tracing: what their attributes are."""

from __future__ import annotations

import ast

from torchscript_lint.program import Class, External
from torchscript_lint.program.classes import lineage
from torchscript_lint.trace.values import UNKNOWN, Val, depth, py, seq

_MAX_DEPTH = 3
_NAMED_TUPLES = frozenset({"typing.NamedTuple", "NamedTuple"})


def holding(cls: Class, fields: dict[str, Val]) -> Val:
    """An instance of a class with these attributes."""
    kept = {name: value for name, value in fields.items() if depth(value) <= _MAX_DEPTH}
    if not kept:
        return Val("object", ref=cls)
    return Val("object", items=tuple(kept.values()), const=tuple(kept), ref=cls)


def held(value: Val, name: str) -> Val | None:
    """What an attribute of an instance is that was given when it was made."""
    if isinstance(value.const, tuple) and value.items is not None and name in value.const:
        return value.items[value.const.index(name)]
    return None


def from_fields(cls: Class, args: list[Val], keywords: dict[str, Val]) -> Val | None:
    """An instance of a dataclass or named tuple, made from its fields; None for any other class."""
    named = any(isinstance(base, External) and base.name in _NAMED_TUPLES for base in lineage(cls).classes)
    if not named and not is_dataclass(cls):
        return None
    names = [
        name
        for entry in reversed(lineage(cls).classes)
        if isinstance(entry, Class)
        for name, (annotation, _) in entry.assigns.items()
        if annotation is not None
    ]
    if any(arg.kind == "star" for arg in args) or "**" in keywords:
        return None
    fields = {name: keywords.get(name, UNKNOWN if _default(cls, name) is None else py()) for name in names}
    fields.update(zip(names, args, strict=False))
    if named:
        made = seq(fields.values())
        return Val("seq", items=made.items, elem=made.elem, const=tuple(names) if made.items is not None else None)
    return holding(cls, {name: value for name, value in fields.items() if value is not UNKNOWN})


def is_dataclass(cls: Class) -> bool:
    """Whether a class is a dataclass by its own decorator."""
    return any(
        ast.unparse(decorator.func if isinstance(decorator, ast.Call) else decorator).endswith("dataclass")
        for decorator in cls.node.decorator_list
    )


def _default(cls: Class, name: str) -> ast.expr | None:
    owners = (entry for entry in lineage(cls).classes if isinstance(entry, Class) and name in entry.assigns)
    return next((entry.assigns[name][1] for entry in owners), None)
