"""Whether a value can be cast to the type that the class annotates (``toIValue`` of ``pybind_utils.cpp``)."""

from __future__ import annotations

from torchscript_lint.program.instances.values import (
    Alternatives,
    Const,
    Map,
    Scalar,
    Seq,
    Value,
    is_none,
    parts_of,
    scalar_of,
)
from torchscript_lint.types import model
from torchscript_lint.types.model import DictType, ListType, OptionalType, TupleType, Type

#: Kinds of values that can never be cast to a type. (A tensor of one element can be cast to a number.)
_NEVER: dict[Type, frozenset[str]] = {
    model.INT: frozenset({"float", "complex", "str", "bytes", "None", "sequence", "dict"}),
    model.FLOAT: frozenset({"complex", "str", "bytes", "None", "sequence", "dict"}),
    model.COMPLEX: frozenset({"str", "bytes", "None", "sequence", "dict"}),
    model.STR: frozenset({"int", "float", "bool", "complex", "None", "sequence", "dict", "tensor"}),
    model.TENSOR: frozenset({"int", "float", "bool", "complex", "str", "bytes", "None", "sequence", "dict"}),
}
_NO_CONTAINER = frozenset({"int", "float", "bool", "complex", "None", "tensor"})


def _kind(value: Value) -> str:
    if is_none(value) is True:
        return "None"
    if isinstance(value, Seq):
        return "sequence" if value.kind in ("list", "tuple") else ""
    if isinstance(value, Map):
        return "dict"
    found = scalar_of(value)
    if found is None:
        return ""
    return "tensor" if found.tag in ("parameter", "buffer") else found.tag


def cannot_cast(value: Value, type_: Type) -> bool:
    """Whether the cast fails in every configuration."""
    if isinstance(value, Alternatives):
        return value.certain and all(cannot_cast(part, type_) for part in parts_of(value))
    if not value.certain or type_.unknown:
        return False
    kind = _kind(value)
    if isinstance(type_, OptionalType):
        return kind not in ("", "None") and cannot_cast(value, type_.elem)
    if type_ in _NEVER:
        return kind in _NEVER[type_]
    if isinstance(type_, ListType):
        return kind in _NO_CONTAINER or kind == "str" or _member_fails(value, type_.elem)
    if isinstance(type_, DictType):
        if isinstance(value, Map) and value.items is not None:
            return any(cannot_cast(k, type_.key) or cannot_cast(v, type_.value) for k, v in value.items)
        return kind in _NO_CONTAINER
    if isinstance(type_, TupleType):
        return kind in _NO_CONTAINER or _tuple_fails(value, type_)
    return False


def _member_fails(value: Value, elem: Type) -> bool:
    return isinstance(value, Seq) and any(cannot_cast(item, elem) for item in value.items or ())


def _tuple_fails(value: Value, type_: TupleType) -> bool:
    if not isinstance(value, Seq) or value.kind not in ("list", "tuple") or value.items is None:
        return False
    if len(value.items) != len(type_.parts):
        return True
    return any(map(cannot_cast, value.items, type_.parts))


def shown(value: Value) -> str:
    """A value's kind in a message."""
    if isinstance(value, Const):
        return "None" if value.value is None else f"the {type(value.value).__name__} {value.value!r}"
    if isinstance(value, Scalar):
        return f"a {value.tag}"
    if isinstance(value, Seq):
        return f"a {value.kind}"
    return "a dict" if isinstance(value, Map) else "a value of another type"
