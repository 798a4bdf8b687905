"""What iterating over a value gives."""

from __future__ import annotations

from torchscript_lint.program.instances.run import Run
from torchscript_lint.program.instances.values import (
    INT,
    STR,
    TENSOR,
    UNKNOWN_VALUE,
    Alternatives,
    Const,
    Map,
    ModuleValue,
    Scalar,
    Seq,
    Value,
    is_none,
    join_all,
    map_elements,
    parts_of,
)

#: Longer sequences than this are not kept item by item.
ITEMS = 64


def iterate(run: Run, value: Value) -> Seq:
    """The items the iteration gives, as a sequence: one by one where they are known."""
    if isinstance(value, Alternatives):
        parts = [iterate(run, part) for part in parts_of(value) if is_none(part) is not True]
        if len(parts) == 1:
            return parts[0]
        element = join_all([part.element if part.items is None else join_all(list(part.items)) for part in parts])
        return Seq("", None, element, all(part.nonempty for part in parts), certain=value.certain)
    if isinstance(value, Seq):
        return value
    if isinstance(value, Map):
        return keys_of(value)
    if isinstance(value, ModuleValue) and value.container:
        if value.container in ("ModuleDict", "ParameterDict"):
            if value.keys is not None:
                return Seq("", tuple(Const(key) for key in value.keys), nonempty=bool(value.keys))
            return Seq("", None, STR)
        return Seq("", value.items, value.element, bool(value.items))
    if isinstance(value, Const) and isinstance(value.value, str):
        if len(value.value) <= ITEMS:
            return Seq("", tuple(Const(char) for char in value.value), nonempty=bool(value.value))
        return Seq("", None, STR, True)
    if isinstance(value, Scalar):
        if value.tag == "str":
            return Seq("", None, STR)
        if value.tag in ("tensor", "parameter"):
            return Seq("", None, TENSOR)
    return Seq("", None, UNKNOWN_VALUE, certain=False)


def keys_of(value: Map) -> Seq:
    """The keys of a dict."""
    if value.items is not None:
        return Seq("", tuple(key for key, _ in value.items), nonempty=bool(value.items), certain=value.certain)
    return Seq("", None, value.key, value.nonempty, certain=value.certain)


def values_of(value: Map) -> Seq:
    """The values of a dict."""
    if value.items is not None:
        return Seq("", tuple(item for _, item in value.items), nonempty=bool(value.items), certain=value.certain)
    return Seq("", None, value.value, value.nonempty, certain=value.certain)


def items_of(value: Map) -> Seq:
    """The pairs of a dict."""
    if value.items is not None:
        pairs = tuple(Seq("tuple", pair, nonempty=True) for pair in value.items)
        return Seq("", pairs, nonempty=bool(pairs), certain=value.certain)
    pair = Seq("tuple", map_elements(value), nonempty=True)
    return Seq("", None, pair, value.nonempty, certain=value.certain)


def enumerated(run: Run, value: Value, start: Value) -> Seq:
    """``enumerate(value, start)``."""
    found = iterate(run, value)
    first = start.value if isinstance(start, Const) and isinstance(start.value, int) else None
    if found.items is not None and first is not None:
        pairs = tuple(Seq("tuple", (Const(first + i), item), nonempty=True) for i, item in enumerate(found.items))
        return Seq("iterator", pairs, nonempty=bool(pairs), certain=found.certain)
    element = join_all(list(found.items)) if found.items is not None else found.element
    pair = Seq("tuple", (INT, element), nonempty=True)
    return Seq("iterator", None, pair, found.nonempty, certain=found.certain)


def zipped(run: Run, values: list[Value]) -> Seq:
    """``zip(*values)``."""
    found = [iterate(run, value) for value in values]
    certain = all(each.certain for each in found)
    columns = [each.items for each in found]
    if columns and all(column is not None for column in columns):
        rows = zip(*(column for column in columns if column is not None), strict=False)
        pairs = tuple(Seq("tuple", tuple(row), nonempty=True) for row in rows)
        return Seq("iterator", pairs, nonempty=bool(pairs), certain=certain)
    elements = tuple(
        join_all(list(each.items)) if each.items is not None else each.element for each in found if each.items != ()
    )
    pair = Seq("tuple", elements, nonempty=True)
    return Seq("iterator", None, pair, bool(found) and all(each.nonempty for each in found), certain=certain)


def ranged(values: list[Value]) -> Seq:
    """``range(*values)``."""
    numbers = [value.value for value in values if isinstance(value, Const) and isinstance(value.value, int)]
    if len(numbers) == len(values) and 1 <= len(numbers) <= 3 and all(value.certain for value in values):
        try:
            found = range(*numbers)
        except ValueError:
            return Seq("range", None, INT)
        if len(found) <= ITEMS:
            return Seq("range", tuple(Const(number) for number in found), nonempty=bool(found))
        return Seq("range", None, INT, True)
    return Seq("range", None, INT)
