"""Enum and NamedTuple classes of the program as types."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchscript_lint.program import Class
from torchscript_lint.source.lower import lower_expression
from torchscript_lint.types import annotations as ann
from torchscript_lint.types.model import (
    FLOAT,
    INT,
    STR,
    EnumType,
    NamedTupleType,
    Type,
)

if TYPE_CHECKING:
    from torchscript_lint.script.session import Session

_VALUES: dict[type, Type] = {int: INT, float: FLOAT, str: STR}


def enum_type(cls: Class) -> EnumType | None:
    """The type of an Enum class; None where its members are not literals of one type."""
    if cls.functions:
        return None  # its methods are compiled with it, and may fail
    names, types = [], set()
    for name, (_, value) in cls.assigns.items():
        if name.startswith("_"):
            continue
        if isinstance(value, ast.UnaryOp) and isinstance(value.op, ast.USub):
            value = value.operand
        if not isinstance(value, ast.Constant) or type(value.value) not in _VALUES:
            return None
        names.append(name)
        types.add(_VALUES[type(value.value)])
    if len(types) != 1:
        return None
    return EnumType.of(cls.fullname, types.pop(), names)


def named_tuple(session: Session, cls: Class) -> NamedTupleType | None:
    """The type of a ``class X(NamedTuple)``; None where its fields are not told by its own body.

    Field annotations are evaluated by Python (``_get_named_tuple_properties`` of ``torch/_jit_internal.py``).
    """
    if cls.module.future_annotations:
        # Field annotations are then strings, which only bare known names survive.
        return None
    unit = ("named tuple", cls, None)
    if cls not in session.named_tuples:
        session.settle(unit, (), lambda: _named_tuple(session, cls))
    if session.memory is not None:
        session.memory.asked(unit, None)
    return session.named_tuples[cls]


def _named_tuple(session: Session, cls: Class) -> NamedTupleType | None:
    from torchscript_lint.script.resolve import ModuleNames

    session.named_tuples[cls] = None  # a field of its own type, or a cycle of them, is not followed
    resolver = ModuleNames(session, cls.module, ())
    fields, types, defaults = [], [], []
    for name, (annotation, value) in cls.assigns.items():
        if annotation is None:
            continue
        fields.append(name)
        types.append(ann.parse(lower_expression(annotation), resolver, _ignore))
        if value is not None:
            defaults.append(name)
    if not fields:
        return None
    session.named_tuples[cls] = found = NamedTupleType.named(cls.fullname, fields, types, defaults)
    return found


def _ignore(rule: str, node: object, **detail: str) -> None:
    """What the annotation of a field is refused for is reported where the class is used; here it is just Unknown."""
