"""``x[...]``: reading and writing items of every kind of value (``emitSubscript`` and what it calls)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchscript_lint.program import Uncertain
from torchscript_lint.script import attributes, calls, expressions, module_items
from torchscript_lint.script.values import SOME, UNKNOWN_VALUE, Items, ModuleObject, Simple, SliceObject, Sugared
from torchscript_lint.source import tree
from torchscript_lint.types.model import (
    ANY_TUPLE,
    BOOL,
    COMPLEX,
    FLOAT,
    INT,
    NONE,
    NUMBER,
    STR,
    TENSOR,
    UNKNOWN,
    ClassType,
    DictType,
    ListType,
    TupleType,
    Type,
    is_tensor,
    optional,
)
from torchscript_lint.types.relations import is_subtype

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker

_OPTIONAL_TENSOR = optional(TENSOR)


def get(ck: Checker, node: tree.Subscript, hint: Type | None) -> Sugared:
    """``base[indices]``."""
    base = expressions.emit(ck, node.base)
    indices = node.indices
    if len(indices) != 1:
        value = expressions.as_value(ck, base, node.base)
        if value.type is UNKNOWN:
            _emit_all(ck, indices)
            return UNKNOWN_VALUE
        if not is_tensor(value.type):
            _emit_all(ck, indices)
            if not value.type.unknown:
                ck.report("multidimensional-index", node, type=str(value.type))
            return UNKNOWN_VALUE
        return index_tensor(ck, value, indices, node)
    index = indices[0]
    if isinstance(index, tree.Slice):
        if isinstance(base, ModuleObject):
            return module_items.slice_container(ck, base, index, node)
        return _slice(ck, expressions.as_value(ck, base, node.base), index, node)
    if isinstance(base, (ModuleObject, Items)):
        return module_items.get_item(ck, base, index, node, hint)
    value = expressions.as_value(ck, base, node.base)
    sugared = expressions.emit(ck, index)
    if isinstance(sugared, SliceObject):
        return value if not isinstance(value.type, TupleType) else UNKNOWN_VALUE
    if is_tensor(value.type):
        return index_tensor(ck, value, indices, node, first=sugared)
    if isinstance(index, tree.Dots):
        return UNKNOWN_VALUE
    position = expressions.as_value(ck, sugared, node.base)
    if isinstance(value.type, TupleType):
        return _tuple_item(ck, value.type, position, node)
    return _item(ck, value, position, node)


def _emit_all(ck: Checker, indices: list[tree.Expr]) -> None:
    for index in indices:
        if isinstance(index, tree.Slice):
            _bounds(ck, index)
        elif not isinstance(index, (tree.Dots, tree.TupleLit)):
            expressions.emit(ck, index)


def _bounds(ck: Checker, node: tree.Slice) -> list[Simple | None]:
    parts = (node.lower, node.upper, node.step)
    return [None if part is None else expressions.value(ck, part) for part in parts]


def _item(ck: Checker, value: Simple, position: Simple, node: tree.Node) -> Sugared:
    """``SimpleValue::getitem``."""
    type_ = value.type
    if isinstance(type_, (ListType, DictType)) or type_ is STR:
        return calls.builtin(ck, "aten::__getitem__", [value, position], [], node)
    if isinstance(type_, ClassType):
        method = attributes.class_method(ck, type_, "__getitem__")
        if isinstance(method, Uncertain):
            return UNKNOWN_VALUE
        if method is None:
            return ck.report("missing-attribute", node, type=str(type_), name="__getitem__", hint="")
        return calls.call_function(ck, method, value, [position], [], node)
    if type_.unknown:
        return UNKNOWN_VALUE
    return ck.report("not-subscriptable", node, type=str(type_))


def _tuple_item(ck: Checker, type_: TupleType, position: Simple, node: tree.Node) -> Sugared:
    """``emitTupleIndex``."""
    if position.type is UNKNOWN or position.const is SOME:
        return UNKNOWN_VALUE
    if position.type is not INT:
        return ck.report("tuple-index-type", node, type=str(position.type))
    if isinstance(position.const, int):
        index = position.const
        length = len(type_.parts)
        if not -length <= index < length:
            return ck.report("tuple-index-range", node, length=str(length), index=str(index))
        return Simple(type_.parts[index])
    if not type_.parts or not all(is_subtype(part, type_.parts[0]) for part in type_.parts):
        return ck.report("tuple-index-variable", node, type=str(type_))
    return Simple(type_.parts[0])


def _slice(ck: Checker, value: Simple, index: tree.Slice, node: tree.Node) -> Sugared:
    """``emitBasicSlice`` and ``emitSliceOp``."""
    bounds = _bounds(ck, index)
    if isinstance(value.type, TupleType):
        return slice_tuple(ck, value.type, bounds, node)
    if value.type is UNKNOWN:
        return UNKNOWN_VALUE
    return _slice_op(ck, value, bounds, node)


def _slice_op(ck: Checker, value: Simple, bounds: list[Simple | None], node: tree.Node) -> Simple:
    lower, upper, step = bounds
    args = [value]
    if is_tensor(value.type):
        args.append(Simple(INT, 0))
    keywords = [
        (name, bound)
        for name, bound in (("start", lower), ("end", upper), ("step", step or Simple(INT, 1)))
        if bound is not None
    ]
    return calls.builtin(ck, "aten::slice", args, keywords, node)


def slice_tuple(ck: Checker, type_: TupleType, bounds: list[Simple | None], node: tree.Node) -> Simple:
    """``emitTupleSlice``: bounds must be constants."""
    known: list[int | None] = []
    for bound in bounds:
        if bound is None:
            known.append(None)
        elif bound.type is UNKNOWN or bound.const is SOME:
            return UNKNOWN_VALUE
        elif isinstance(bound.const, int):
            known.append(bound.const)
        else:
            return ck.report("tuple-slice-variable", node)
    return Simple(TupleType.of(type_.parts[slice(*known)]))


def index_tensor(
    ck: Checker, base: Simple, indices: list[tree.Expr], node: tree.Node, first: Sugared | None = None
) -> Simple:
    """``tensor[indices]`` (``emitIntAndSliceIndexing``): slices, ints, None, Tensors, lists, one ellipsis.

    Args:
        ck: the checker.
        base: the tensor.
        indices: what stands in the brackets.
        node: where errors are blamed.
        first: the only index, where it has been compiled already.
    """
    dots = [position for position, index in enumerate(indices) if isinstance(index, tree.Dots)]
    result = base if not base.unknown else Simple(TENSOR)
    failed = False
    if len(dots) > 1:
        ck.report("several-ellipses", node)
        failed = True
    for position, index in enumerate(indices):
        if isinstance(index, tree.Dots):
            continue
        if isinstance(index, tree.Slice):
            failed |= _slice_op(ck, Simple(TENSOR), _bounds(ck, index), node).unknown
            continue
        sugared = first if first is not None else expressions.emit(ck, index)
        if isinstance(sugared, SliceObject):
            continue
        value = expressions.as_value(ck, sugared, index)
        type_ = value.type
        if type_ is UNKNOWN or type_ is INT or type_ is NONE:
            continue
        if isinstance(type_, ListType):
            if (
                type_.elem in (INT, FLOAT, BOOL, COMPLEX, NUMBER)
                or type_.elem.unknown
                or isinstance(type_.elem, ListType)
            ):
                continue
            failed |= calls.builtin(ck, "aten::tensor", [value], [("dtype", Simple(INT))], node).unknown
            continue
        if is_subtype(type_, _OPTIONAL_TENSOR):
            if dots and position > dots[0]:
                ck.report("ellipsis-then-tensor", node)
                failed = True
            continue
        ck.report("tensor-index-type", node, type=str(type_))
        failed = True
    return UNKNOWN_VALUE if failed else Simple(TENSOR) if result.type is not TENSOR else result


def assign(ck: Checker, target: tree.Subscript, value: Simple, node: tree.Node) -> None:
    """``base[indices] = value`` (``emitSubscriptAssign``)."""
    base = expressions.value(ck, target.base)
    if base.type is UNKNOWN:
        _emit_all(ck, target.indices)
        return
    if is_tensor(base.type):
        sliced = index_tensor(ck, base, target.indices, target)
        if value.type in (INT, FLOAT, BOOL, COMPLEX, NUMBER):
            value = Simple(TENSOR)
        if not sliced.unknown and not value.type.unknown:
            calls.builtin(ck, "aten::copy_", [Simple(TENSOR), value], [], node)
        return
    if len(target.indices) != 1 or isinstance(target.indices[0], tree.Slice):
        ck.report("assign-slice", blamed(target), type=str(base.type))
        return
    if isinstance(base.type, TupleType) or base.type is ANY_TUPLE:
        ck.report("assign-tuple-item", target, type=str(base.type))
        return
    position = expressions.value(ck, target.indices[0])
    if isinstance(base.type, ClassType):
        method = attributes.class_method(ck, base.type, "__setitem__")
        if method is None:
            ck.report("missing-attribute", node, type=str(base.type), name="__setitem__", hint="")
        elif not isinstance(method, Uncertain):
            calls.call_function(ck, method, base, [position, value], [], node)
        return
    if not base.type.unknown:
        calls.builtin(ck, "aten::_set_item", [base, position, value], [], node)


def blamed(target: tree.Subscript) -> tree.Node:
    """Where the compiler puts what is wrong with the indices: at the first, or at the whole where that is a slice."""
    first = target.indices[0]
    return target if isinstance(first, tree.Slice) else first
