"""Containers of modules in a body: their members, by loop, index and slice (``SugaredTupleValue``, ``ModuleDictMethod``
and ``ModuleValue::iter`` of ``python_sugared_value.cpp``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchscript_lint.program.instances import Attribute
from torchscript_lint.script import expressions, modules
from torchscript_lint.script.values import (
    NO,
    SOME,
    UNKNOWN_VALUE,
    Items,
    ModuleObject,
    Simple,
    Sugared,
)
from torchscript_lint.source import tree
from torchscript_lint.types.model import INT, STR, TENSOR, UNKNOWN, Type

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker


def _container_attribute(base: ModuleObject) -> Attribute | None:
    return base.attribute


def items_of(ck: Checker, base: ModuleObject) -> Items:
    """The members of a container."""
    held = _container_attribute(base)
    if held is None or not held.certain or not held.always:
        return Items(None, ModuleObject(None))
    if held.elements:  # an empty one is filled by some other configuration, or its loops are never compiled
        return Items([_member(ck, element) for element in held.elements])
    if held.element is not None:
        return Items(None, _member(ck, held.element))
    return Items(None, ModuleObject(None))


def _member(ck: Checker, element: Attribute) -> Sugared:
    if element.kind == "module":
        return modules.module_of(ck, element)
    return Simple(element.type) if element.kind in ("parameter", "buffer", "value") else UNKNOWN_VALUE


def keys_of(base: ModuleObject) -> Items:
    held = _container_attribute(base)
    if held is not None and held.keys is not None and held.certain and held.always:
        return Items([Simple(STR, key) for key in held.keys])
    return Items(None, Simple(STR))


def iterate(ck: Checker, base: ModuleObject, node: tree.Node) -> Sugared:
    """What a loop over a module runs over (``ModuleValue::iter``)."""
    kind = modules.container_kind(base)
    if kind in ("list", "paramlist"):
        members = items_of(ck, base)
        if kind == "paramlist" and members.items is None:
            return Items(None, Simple(TENSOR))
        return members
    if kind == "dict":
        return keys_of(base)
    if kind == "paramdict":
        return ck.report("parameter-dict-iteration", node)
    if modules.is_open(base) or (base.cls is not None and not modules.only_nn_module(base)):
        return UNKNOWN_VALUE
    return ck.report("module-not-iterable", node, module=base.name)


def get_item(ck: Checker, base: Sugared, index: tree.Expr, node: tree.Node, hint: Type | None) -> Sugared:
    """``self.layers[i]``, ``self.heads["a"]`` (``ModuleValue::getitem``, ``SugaredTupleValue::getitem``)."""
    position = expressions.value(ck, index)
    if isinstance(base, Items):
        return _index_items(ck, base, position, node, "the tuple")
    assert isinstance(base, ModuleObject)
    kind = modules.container_kind(base)
    if hint is not None:
        return Simple(hint) if kind else UNKNOWN_VALUE
    if kind in ("list", "paramlist"):
        members = items_of(ck, base)
        return _index_items(ck, members, position, node, held_as(base))
    if kind in ("dict", "paramdict"):
        if position.const in (NO, SOME):
            if position.unknown or position.const is SOME:
                return UNKNOWN_VALUE
            return ck.report("module-dict-key", node, container=held_as(base))
        keys = keys_of(base)
        members = items_of(ck, base)
        if keys.items is None or members.items is None:
            return members.item or UNKNOWN_VALUE
        for key, member in zip(keys.items, members.items, strict=False):
            if isinstance(key, Simple) and key.const == position.const:
                return member
        return ck.report("module-dict-key-missing", node, container=held_as(base), key=str(position.const))
    if modules.is_open(base) or (base.cls is not None and not modules.only_nn_module(base)):
        return UNKNOWN_VALUE
    return ck.report("module-not-subscriptable", node, module=base.name)


def held_as(base: ModuleObject) -> str:
    """What to call a container in a message: the attribute's name, else its class's."""
    return f"self.{base.attribute.name}" if base.attribute is not None else base.name


def _index_items(ck: Checker, base: Items, position: Simple, node: tree.Node, container: str) -> Sugared:
    if position.type is UNKNOWN or position.const is SOME:
        return UNKNOWN_VALUE
    if position.type is not INT or not isinstance(position.const, int):
        return ck.report("module-index-variable", node, container=container)
    if base.items is None:
        return base.item or UNKNOWN_VALUE
    length = len(base.items)
    if not -length <= position.const < length:
        index, count = str(position.const), str(length)
        return ck.report("module-index-range", node, container=container, index=index, length=count)
    return base.items[position.const]


def slice_container(ck: Checker, base: ModuleObject, index: tree.Slice, node: tree.Node) -> Sugared:
    """``self.layers[1:]``: the members become plain values, which can no longer be called."""
    bounds = [
        None if bound is None else expressions.value(ck, bound) for bound in (index.lower, index.upper, index.step)
    ]
    kind = modules.container_kind(base)
    if kind not in ("list", "paramlist"):
        if modules.is_open(base) or (base.cls is not None and not kind and not modules.only_nn_module(base)):
            return UNKNOWN_VALUE
        return ck.report("module-not-tuple", node)
    members = items_of(ck, base)
    if members.items is None:
        return Items(None, _as_plain(members.item))
    plain: list[Sugared] = [_as_plain(item) for item in members.items]
    consts: list[int | None] = []
    for bound in bounds:
        const = None if bound is None else bound.const
        if const is not None and not isinstance(const, int):
            return Items(None, plain[0] if plain else None)
        consts.append(const)
    return Items(plain[slice(*consts)])


def _as_plain(item: Sugared | None) -> Simple:
    """A module as a first-class value."""
    if isinstance(item, ModuleObject) and item.cls_type is not None and not modules.is_open(item):
        return Simple(item.cls_type)
    return item if isinstance(item, Simple) else UNKNOWN_VALUE
