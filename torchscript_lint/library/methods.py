"""The methods and attributes that values of TorchScript's own types have."""

from __future__ import annotations

from functools import cache

from torchscript_lint.library.data import records
from torchscript_lint.library.operators import class_type
from torchscript_lint.library.schema import parse_type
from torchscript_lint.types.model import Type


def method_kind(type_name: str, attr: str) -> str | None:
    """Whether values of a type have an attribute, and of what kind.

    Args:
        type_name: ``Tensor``, ``Optional[Tensor]``, ``str``, ``List``, ``Dict``, ``Tuple``, ``int``,
            ``float``, ``bool``, ``complex``, ``number``, ``Device``, ``Generator``, ``Stream``, ``Future``
            or ``Any``. A ``List`` or ``Dict`` has what it has for some element type; the schemas of
            ``aten::<attr>`` tell for which.
        attr: the attribute's name.

    Returns:
        ``method``, ``property``, or None when the compiler says "has no attribute or method".
    """
    record = records("methods.txt").get(f"{type_name}.{attr}")
    return None if record is None else record.partition(":")[0]


@cache
def property_type(type_name: str, attr: str) -> Type | None:
    """The type of a property of a value, or None when there is none; arguments as :func:`method_kind`."""
    kind, _, type_ = (records("methods.txt").get(f"{type_name}.{attr}") or "").partition(":")
    return parse_type(type_, class_type) if kind == "property" else None


def tensor_attribute(name: str) -> Type | None:
    """The type of an attribute of a Tensor that is no method (``shape``, ``dtype``, ``T``...), or None."""
    return property_type("Tensor", name)
