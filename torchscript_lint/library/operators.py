"""Operators: their schemas."""

from __future__ import annotations

from functools import cache

from torchscript_lint.library.data import records
from torchscript_lint.library.schema import Schema, parse_schema, parse_type
from torchscript_lint.types.model import ClassType, NamedTupleType, Type


class LibraryClass:
    """The definition of a class that torch brings: nothing is known of it but its name.

    Attributes:
        name: its qualified name, without ``__torch__.``.
    """

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


@cache
def class_type(name: str) -> Type:
    """The type of a class that a schema names, ``__torch__.torch.classes.rnn.CellParamsBase``.

    A NamedTuple of torch gets its fields where the data has them; see :mod:`torchscript_lint.library.names`.
    """
    fields = records("tuples.txt").get(name)
    if fields is None:
        name = name.removeprefix("__torch__.")
        return ClassType.of(name, "class", LibraryClass(name))
    pairs = [field.partition(":") for field in fields.split("\t")]
    return NamedTupleType.named(name, [pair[0] for pair in pairs], [parse_type(pair[2], class_type) for pair in pairs])


@cache
def schemas(op: str) -> tuple[Schema, ...]:
    """The schemas of an operator in the order in which the compiler tries them; none when it is unknown.

    Registered operators come first, then functions that the compiler brings as TorchScript source
    (``emitBuiltinCall`` in ``schema_matching.cpp``).

    Args:
        op: its qualified name, ``aten::add``.
    """
    record = records("schemas.txt").get(op)
    if record is None:
        return ()
    return tuple(parse_schema(text, class_type) for text in record.split("\t"))


def op_exists(op: str) -> bool:
    """Whether an operator of this qualified name has a schema."""
    return op in records("schemas.txt")
