"""Assignments: names, tuples, attributes, subscripts, augmented ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from torchscript_lint.program import Uncertain
from torchscript_lint.script import attributes, calls, expressions, iteration, subscripts
from torchscript_lint.script.values import UNKNOWN_VALUE, Simple, Sugared
from torchscript_lint.source import tree
from torchscript_lint.types import annotations as ann
from torchscript_lint.types.model import (
    TENSOR,
    UNKNOWN,
    ClassType,
    DictType,
    ListType,
    TupleType,
    Type,
    is_tensor,
)

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker

#: ``getAugOp`` of ``ir_emitter.cpp``: in place for Tensors and lists, else out of place.
_IN_PLACE = {
    "+": "aten::add_", "-": "aten::sub_", "/": "aten::div_", "*": "aten::mul_", "%": "aten::fmod_",
    "|": "aten::bitwise_or", "&": "aten::bitwise_and", "^": "aten::bitwise_xor", "<<": "aten::__lshift__",
    ">>": "aten::__irshift__", "**": "aten::pow",
}  # fmt: skip
_OUT_OF_PLACE = {
    "+": "aten::add", "-": "aten::sub", "/": "aten::div", "*": "aten::mul", "%": "aten::fmod", "|": "aten::__or__",
    "&": "aten::__and__", "^": "aten::__xor__", "<<": "aten::__lshift__", ">>": "aten::__rshift__", "**": "aten::pow",
}  # fmt: skip
_MAGIC = {
    "+": ("__iadd__", "__add__"), "-": ("__isub__", "__sub__"), "/": ("__itruediv__", "__truediv__"),
    "*": ("__imul__", "__mul__"), "%": ("__imod__", "__mod__"),
}  # fmt: skip


def assign(ck: Checker, node: tree.Assign) -> None:
    """``targets = value``."""
    if len(node.targets) > 1:
        value = expressions.emit(ck, node.value)
        if isinstance(value, Simple):
            value = Simple(value.type)
        for target in node.targets:
            if isinstance(target, tree.TupleLit):
                _assign_tuple(ck, target, value, node.value)
            elif isinstance(target, tree.ListLit):
                ck.report("assign-list-pattern", target)
                assign_unknown(ck, target)
            else:
                assign_targets(ck, [target], [value], node)
        return
    target = node.targets[0]
    if isinstance(target, tree.Var):
        _assign_name(ck, target, node)
    elif isinstance(target, tree.TupleLit):
        binders = len(target.items) - _starred(ck, target)
        _assign_tuple(ck, target, expressions.emit(ck, node.value, binders=binders), node.value)
    elif isinstance(target, tree.Select):
        hint = None if node.annotation is None else ann.parse(node.annotation, ck.names, ck.report)
        owner = expressions.emit(ck, target.base)
        value = expressions.as_value(ck, expressions.emit(ck, node.value, hint), node.value)
        attributes.assign(ck, owner, target.name, value, node)
    elif isinstance(target, tree.Subscript):
        subscripts.assign(ck, target, expressions.value(ck, node.value), node)
    elif isinstance(target, tree.Hole):
        expressions.emit(ck, node.value)
    else:
        expressions.emit(ck, node.value)
        ck.report("assign-list-pattern", target)
        assign_unknown(ck, target)


def _assign_name(ck: Checker, target: tree.Var, node: tree.Assign) -> None:
    annotated = None
    if node.annotation is not None:
        annotated = ann.parse(node.annotation, ck.names, ck.report)
    value = expressions.emit(ck, node.value, annotated)
    ck.assign(target.name, value, target, annotated)


def _starred(ck: Checker, target: tree.TupleLit) -> bool:
    """Whether a target list has a starred target (``validateAssignLhsExpr``)."""
    starred = plain = 0
    for item in target.items:
        if isinstance(item, tree.Starred):
            starred += 1
        elif isinstance(item, (tree.Var, tree.Subscript, tree.TupleLit, tree.Select, tree.Hole)):
            plain += 1
        else:
            ck.report("assign-target", item)
            assign_unknown(ck, item)
            plain += 1
    if starred and not plain:
        ck.report("assign-only-starred", target)
    return starred > 0


def _assign_tuple(ck: Checker, target: tree.TupleLit, value: Sugared, at: tree.Node) -> None:
    starred = _starred(ck, target)
    binders = len(target.items) - starred
    parts = iteration.as_tuple(ck, value, at, None if starred else binders)
    if parts is None:
        assign_unknown(ck, target)
        return
    if len(parts) < binders:
        ck.report(
            "unpack-too-few", target, wanted=("at least " if starred else "") + str(binders), found=str(len(parts))
        )
        assign_unknown(ck, target)
        return
    if len(parts) > binders and not starred:
        ck.report("unpack-too-many", target, wanted=str(binders), found=str(len(parts)))
        assign_unknown(ck, target)
        return
    assign_targets(ck, target.items, parts, at)


def assign_unknown(ck: Checker, target: tree.Expr) -> None:
    """Bind all names of a target to Unknown."""
    if isinstance(target, tree.Var):
        ck.assign(target.name, UNKNOWN_VALUE, target)
    elif isinstance(target, (tree.TupleLit, tree.ListLit)):
        for item in target.items:
            assign_unknown(ck, item)
    elif isinstance(target, tree.Starred):
        assign_unknown(ck, target.value)


def assign_targets(ck: Checker, targets: Sequence[tree.Expr], values: Sequence[Sugared], at: tree.Node) -> None:
    """Give each target its value (``emitExprsAssign``); a starred one takes what the others leave."""
    position = 0
    spare = len(values) - (len(targets) - 1)
    for target in targets:
        if isinstance(target, tree.Starred):
            rest = values[position : position + spare]
            position += spare
            if not isinstance(target.value, tree.Var):
                ck.report("assign-starred-target", target.value)
                assign_unknown(ck, target.value)
                continue
            types = [expressions.as_value(ck, value, target).type for value in rest]
            ck.assign(target.value.name, Simple(TupleType.of(types)), target.value)
            continue
        value = values[position]
        position += 1
        if isinstance(target, tree.Var):
            ck.assign(target.name, value, target)
        elif isinstance(target, tree.TupleLit):
            _assign_tuple(ck, target, value, at)
        elif isinstance(target, tree.Subscript):
            subscripts.assign(ck, target, expressions.as_value(ck, value, at), at)
        elif isinstance(target, tree.Select):
            owner = expressions.emit(ck, target.base)
            attributes.assign(ck, owner, target.name, expressions.as_value(ck, value, at), at)
        elif not isinstance(target, tree.Hole):
            ck.report("assign-target", target)


# --- augmented -----------------------------------------------------------------------------------


def augmented(ck: Checker, node: tree.AugAssign) -> None:
    """``target op= value``."""
    target = node.target
    if node.op not in _IN_PLACE:
        # The front end has refused the operator.
        expressions.emit(ck, node.value)
        assign_unknown(ck, target)
        return
    if isinstance(target, tree.Var):
        before = expressions.value(ck, target)
        ck.assign(target.name, _combine(ck, node, before), target)
    elif isinstance(target, tree.Select):
        owner = expressions.emit(ck, target.base)
        before = expressions.as_value(ck, attributes.get(ck, owner, target.name, target), target)
        attributes.assign(ck, owner, target.name, _combine(ck, node, before), node)
    elif isinstance(target, tree.Subscript):
        _augment_subscript(ck, node, target)


def _combine(ck: Checker, node: tree.AugAssign, before: Simple) -> Simple:
    if isinstance(before.type, ClassType):
        return _combine_objects(ck, node, before, before.type)
    after = expressions.value(ck, node.value)
    if before.type.unknown:
        return UNKNOWN_VALUE
    return calls.builtin(ck, operator_of(node.op, before.type), [before, after], [], node)


def _combine_objects(ck: Checker, node: tree.AugAssign, before: Simple, type_: ClassType) -> Simple:
    after = expressions.value(ck, node.value)
    if node.op not in _MAGIC:
        ck.report("augmented-object-operator", node, op=node.op)
        return UNKNOWN_VALUE
    for name in _MAGIC[node.op]:
        method = attributes.class_method(ck, type_, name)
        if isinstance(method, Uncertain):
            return UNKNOWN_VALUE
        if method is not None:
            return calls.call_function(ck, method, before, [after], [], node)
    in_place, out_of_place = _MAGIC[node.op]
    ck.report("missing-magic-method", node, type=str(type_), method=f"{in_place} or {out_of_place}")
    return UNKNOWN_VALUE


def operator_of(op: str, type_: Type) -> str:
    """The operator of an augmented assignment to a value of this type."""
    return (_IN_PLACE if is_tensor(type_) or isinstance(type_, ListType) else _OUT_OF_PLACE)[op]


def _augment_subscript(ck: Checker, node: tree.AugAssign, target: tree.Subscript) -> None:
    base = expressions.value(ck, target.base)
    if base.type is UNKNOWN:
        expressions.value(ck, node.value)
        return
    if is_tensor(base.type):
        sliced = subscripts.index_tensor(ck, base, target.indices, target)
        value = expressions.value(ck, node.value)
        if not sliced.unknown:
            calls.builtin(ck, operator_of(node.op, TENSOR), [value], [], node, receiver=sliced)
        return
    if len(target.indices) != 1 or isinstance(target.indices[0], tree.Slice):
        ck.report("augmented-slice", subscripts.blamed(target), type=str(base.type))
        return
    if not isinstance(base.type, (ListType, DictType)):
        if not base.type.unknown:
            ck.report("augmented-item", target, type=str(base.type))
        return
    index = expressions.value(ck, target.indices[0])
    value = expressions.value(ck, node.value)
    # The compiler chooses the operator by the key's type of a dict, by the element's of a list.
    by = base.type.elem if isinstance(base.type, ListType) else base.type.key
    item = calls.builtin(ck, "aten::__getitem__", [base, index], [], node)
    if not item.unknown:
        result = calls.builtin(ck, operator_of(node.op, by), [item, value], [], node)
        if not result.unknown:
            calls.builtin(ck, "aten::_set_item", [base, index, result], [], node)
