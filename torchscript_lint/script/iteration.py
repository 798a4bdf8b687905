"""What can be iterated, and over what (``iter``, ``len``, ``getitem`` of the sugared values)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchscript_lint.script import module_items, modules
from torchscript_lint.script.values import (
    UNKNOWN_VALUE,
    EnumObject,
    Items,
    Iterables,
    ModuleObject,
    Range,
    Simple,
    Sugared,
)
from torchscript_lint.source import tree
from torchscript_lint.types.model import (
    INT,
    STR,
    TENSOR,
    UNKNOWN,
    DictType,
    ListType,
    TupleType,
    is_tensor,
)

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker


def iterate(ck: Checker, value: Sugared, node: tree.Node) -> Sugared:
    """What a loop over this value runs over (``SugaredValue::iter``)."""
    if isinstance(value, (Range, Items, Iterables)):
        return value
    if isinstance(value, ModuleObject):
        return module_items.iterate(ck, value, node)
    if isinstance(value, EnumObject):
        return Simple(ListType.of(value.type))
    if not isinstance(value, Simple):
        return ck.report("not-iterable-object", node, kind=value.kind)
    type_ = value.type
    if isinstance(type_, TupleType):
        return Items([Simple(part) for part in type_.parts])
    if isinstance(type_, DictType):
        return Simple(ListType.of(type_.key))
    if isinstance(type_, ListType) or type_ is STR or is_tensor(type_) or type_ is UNKNOWN:
        return value
    return ck.report("not-iterable", node, type=str(type_))


def is_unrolled(iterable: Sugared) -> bool:
    """Whether the loop is copied for each element (``shouldEmitUnrolled``)."""
    if isinstance(iterable, Items):
        return True
    if isinstance(iterable, Range):
        return iterable.unrolled
    return isinstance(iterable, Iterables) and any(map(is_unrolled, iterable.children))


def element(ck: Checker, iterable: Sugared, node: tree.Node) -> Sugared:
    """One element, of a loop that isn't copied or whose length isn't known."""
    if isinstance(iterable, Range):
        return Simple(INT)
    if isinstance(iterable, Iterables):
        return Items([element(ck, child, node) for child in iterable.children])
    if isinstance(iterable, Items):
        if iterable.item is not None:
            return iterable.item
        return iterable.items[0] if iterable.items else UNKNOWN_VALUE
    if isinstance(iterable, Simple):
        type_ = iterable.type
        if isinstance(type_, ListType):
            return Simple(type_.elem)
        if type_ is STR:
            return Simple(STR)
        if is_tensor(type_):
            return Simple(TENSOR)
    return UNKNOWN_VALUE


def elements(ck: Checker, iterable: Sugared, node: tree.Node) -> list[Sugared] | None:
    """The elements of a loop that is copied, or None where their number isn't known."""
    if isinstance(iterable, Items):
        return iterable.items
    if not isinstance(iterable, Iterables):
        return None
    columns: list[list[Sugared]] = []
    lengths = [len(child.items) for child in iterable.children if isinstance(child, Items) and child.items is not None]
    nested = [elements(ck, child, node) for child in iterable.children if isinstance(child, Iterables)]
    lengths += [len(rows) for rows in nested if rows is not None]
    known = [child for child in iterable.children if isinstance(child, (Items, Iterables))]
    if len(lengths) != len(known) or not lengths:
        return None
    length = min(lengths)
    for child in iterable.children:
        if isinstance(child, Range):
            columns.append([Simple(INT, index) for index in range(length)])
        else:
            rows = elements(ck, child, node)
            columns.append(rows[:length] if rows is not None else [UNKNOWN_VALUE] * length)
    return [Items(list(row)) for row in zip(*columns, strict=True)]


def add_child(ck: Checker, children: list[Sugared], child: Sugared, node: tree.Node) -> None:
    """Put an iterable beside others (``IterableTree::addChild``): all or none must have a known length."""
    if children and not any(is_open(one) for one in (*children, child)):
        known = is_unrolled(children[0])
        if known != is_unrolled(child):
            ck.report("zip-mixed-lengths", node)
            child = UNKNOWN_VALUE
    children.append(child)


def is_open(iterable: Sugared) -> bool:
    """Whether the source does not tell what it is."""
    if isinstance(iterable, Iterables):
        return any(map(is_open, iterable.children))
    return isinstance(iterable, Simple) and iterable.type is UNKNOWN


def as_tuple(ck: Checker, value: Sugared, node: tree.Node, size: int | None = None) -> list[Sugared] | None:
    """The value as several values, for unpacking (``asTuple``); None where their number isn't known.

    Args:
        ck: the checker.
        value: what is unpacked.
        node: where an error is blamed.
        size: how many are wanted, or None if that isn't settled (a starred target, ``f(*xs)``).
    """
    if isinstance(value, Items):
        return value.items
    if isinstance(value, ModuleObject):
        if not modules.is_open(value):
            ck.report("module-unpack", node)
        return None
    if not isinstance(value, Simple):
        ck.report("not-a-tuple", node, kind=value.kind)
        return None
    type_ = value.type
    if isinstance(type_, TupleType):
        return [Simple(part) for part in type_.parts]
    if isinstance(type_, ListType):
        if size is None:
            ck.report("unpack-list", node, type=str(type_))
            return None
        return [Simple(type_.elem) for _ in range(size)]
    if not type_.unknown:
        ck.report("not-a-tuple", node, kind=str(type_))
    return None


__all__ = ["add_child", "as_tuple", "element", "elements", "is_unrolled", "iterate"]
