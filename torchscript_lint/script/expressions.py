"""Expressions (``emitSugaredExpr``, ``emitSimpleExpr`` of ``ir_emitter.cpp``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from torchscript_lint.program import Uncertain
from torchscript_lint.script import attributes, calls, conditions, containers, subscripts
from torchscript_lint.script.values import (
    NO,
    NONE_VALUE,
    SOME,
    UNKNOWN_VALUE,
    Items,
    ModuleObject,
    Simple,
    Sugared,
)
from torchscript_lint.source import tree
from torchscript_lint.types.model import (
    ANY,
    BOOL,
    COMPLEX,
    FLOAT,
    INT,
    STR,
    UNKNOWN,
    ClassType,
    TupleType,
    Type,
)
from torchscript_lint.types.relations import unify

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker

#: Operators and the methods that overload them in classes (``getNodeKind``, ``getOperatorOverload``).
_OPERATORS = {
    "+": ("aten::add", "__add__"), "-": ("aten::sub", "__sub__"), "*": ("aten::mul", "__mul__"),
    "**": ("aten::pow", "__pow__"), "/": ("aten::div", "__truediv__"), "%": ("aten::remainder", "__mod__"),
    "!=": ("aten::ne", "__ne__"), "==": ("aten::eq", "__eq__"), "<": ("aten::lt", "__lt__"),
    ">": ("aten::gt", "__gt__"), "<=": ("aten::le", "__le__"), ">=": ("aten::ge", "__ge__"),
    "&": ("aten::__and__", "__and__"), "|": ("aten::__or__", "__or__"), "^": ("aten::__xor__", "__xor__"),
    "in": ("aten::__contains__", "__contains__"), "<<": ("aten::__lshift__", "__lshift__"),
    ">>": ("aten::__rshift__", "__rshift__"), "//": ("aten::floordiv", ""), "@": ("aten::matmul", ""),
}  # fmt: skip
_COMPARISONS = frozenset({"!=", "==", "<", ">", "<=", ">=", "in"})


def emit(ck: Checker, node: tree.Expr, hint: Type | None = None, binders: int = 1) -> Sugared:
    """Compile an expression to a value of any kind.

    Args:
        ck: the checker.
        node: the expression.
        hint: the type that is expected (an annotation), for literals.
        binders: how many targets it is assigned to.
    """
    ck.binders = binders
    if not isinstance(node, (tree.Var, tree.Select)):  # these may be callees, which are not told apart
        ck.pending = node
    return _EXPRESSIONS[type(node)](ck, node, hint)


def value(ck: Checker, node: tree.Expr, hint: Type | None = None) -> Simple:
    """Compile an expression to a first-class value (``emitExpr``)."""
    ck.pending = node
    found = as_value(ck, emit(ck, node, hint), node)
    return Simple(ANY) if hint is ANY and not found.unknown else found


def quiet(ck: Checker, node: tree.Expr) -> Sugared:
    """What a callee is, without reporting anything about it."""
    if not isinstance(node, (tree.Var, tree.Select)):
        return UNKNOWN_VALUE
    ck.muted += 1
    try:
        return emit(ck, node)
    finally:
        ck.muted -= 1


def as_value(ck: Checker, found: Sugared, node: tree.Node) -> Simple:
    """A value of any kind as a first-class one (``asValue``)."""
    if isinstance(found, Simple):
        return found
    if isinstance(found, Items):
        if found.items is None:
            return UNKNOWN_VALUE
        return Simple(TupleType.of([as_value(ck, item, node).type for item in found.items]))
    if isinstance(found, ModuleObject):
        return Simple(found.cls_type) if found.cls_type is not None else UNKNOWN_VALUE
    return attributes.not_a_value(ck, found, node)


# --- leaves --------------------------------------------------------------------------------------


def _hole(ck: Checker, node: tree.Hole, hint: Type | None) -> Sugared:
    for child in node.children:
        emit(ck, child)
    for name in node.binds:
        ck.frame.store(name, UNKNOWN)
    return UNKNOWN_VALUE


def _var(ck: Checker, node: tree.Var, hint: Type | None) -> Sugared:
    return ck.lookup(node.name, node)


def _const(ck: Checker, node: tree.Const, hint: Type | None) -> Sugared:
    if isinstance(node.value, int):
        if not -(2**63) <= node.value < 2**63:
            return ck.report("integer-range", node, value=str(node.value))
        return Simple(INT, node.value)
    return Simple(FLOAT if isinstance(node.value, float) else COMPLEX, node.value)


def _str(ck: Checker, node: tree.Str, hint: Type | None) -> Sugared:
    return Simple(STR, node.value)


def _literal(ck: Checker, node: tree.Literal, hint: Type | None) -> Sugared:
    return NONE_VALUE if node.value is None else Simple(BOOL, node.value)


def _dots(ck: Checker, node: tree.Dots, hint: Type | None) -> Sugared:
    return ck.report("ellipsis-value", node)


def _starred(ck: Checker, node: tree.Starred, hint: Type | None) -> Sugared:
    return ck.report("starred-value", node)


def _slice(ck: Checker, node: tree.Slice, hint: Type | None) -> Sugared:
    return UNKNOWN_VALUE  # only inside subscripts, which read it themselves


# --- attributes, calls, subscripts ---------------------------------------------------------------


def _select(ck: Checker, node: tree.Select, hint: Type | None) -> Sugared:
    return attributes.get(ck, emit(ck, node.base), node.name, node)


def _apply(ck: Checker, node: tree.Apply, hint: Type | None) -> Sugared:
    return calls.emit(ck, node, hint)


def _subscript(ck: Checker, node: tree.Subscript, hint: Type | None) -> Sugared:
    return subscripts.get(ck, node, hint)


# --- operators -----------------------------------------------------------------------------------


def _bin_op(ck: Checker, node: tree.BinOp, hint: Type | None) -> Sugared:
    if node.op in ("and", "or", "is", "is not"):
        before = ck.failures
        condition = conditions.emit(ck, node)
        if ck.failures > before:
            return UNKNOWN_VALUE
        return Simple(BOOL, NO if condition.static is None else condition.static)
    left, right = value(ck, node.lhs), value(ck, node.rhs)
    if node.op == "%" and left.type is STR:
        return Simple(STR)
    return binary(ck, node.op, left, right, node)


def binary(ck: Checker, op: str, left: Simple, right: Simple, node: tree.Node) -> Simple:
    """``left op right`` (``emitBinaryOp``)."""
    operator, method = _OPERATORS[op]
    if op == "in":
        left, right = right, left  # the container comes first
    if left.type is UNKNOWN and right.type is UNKNOWN:
        return UNKNOWN_VALUE
    if op == "+" and isinstance(left.type, TupleType) and isinstance(right.type, TupleType):
        return Simple(TupleType.of((*left.type.parts, *right.type.parts)))
    if (
        op == "+"
        and UNKNOWN in (left.type, right.type)
        and (isinstance(left.type, TupleType) or isinstance(right.type, TupleType))
    ):
        return UNKNOWN_VALUE  # a tuple, if the other one is; a list otherwise
    if isinstance(left.type, ClassType) and method:
        return _overloaded(ck, left, left.type, method, right, node)
    if left.type is UNKNOWN and op in _COMPARISONS:
        return UNKNOWN_VALUE
    return calls.builtin(ck, operator, [left, right], [], node)


def _overloaded(ck: Checker, left: Simple, type_: ClassType, name: str, right: Simple, node: tree.Node) -> Simple:
    method = attributes.class_method(ck, type_, name)
    if isinstance(method, Uncertain):
        return UNKNOWN_VALUE
    if method is None:
        return ck.report("missing-attribute", node, type=str(type_), name=name, hint=attributes.INIT_HINT)
    return calls.call_function(ck, method, left, [right], [], node)


def _unary_op(ck: Checker, node: tree.UnaryOp, hint: Type | None) -> Sugared:
    if node.op == "not":
        condition = conditions.emit(ck, node)
        return Simple(BOOL, NO if condition.static is None else condition.static)
    operand = value(ck, node.operand)
    operator, method = ("aten::neg", "__neg__") if node.op == "-" else ("aten::bitwise_not", "__invert__")
    if operand.type is UNKNOWN:
        return UNKNOWN_VALUE
    if isinstance(operand.type, ClassType):
        found = attributes.class_method(ck, operand.type, method)
        if isinstance(found, Uncertain):
            return UNKNOWN_VALUE
        if found is None:
            return ck.report("missing-attribute", node, type=str(operand.type), name=method, hint=attributes.INIT_HINT)
        return calls.call_function(ck, found, operand, [], [], node)
    result = calls.builtin(ck, operator, [operand], [], node)
    if node.op == "-" and isinstance(operand.const, (int, float, complex)) and not isinstance(operand.const, bool):
        return Simple(result.type, -operand.const)
    return result


def _ternary(ck: Checker, node: tree.Ternary, hint: Type | None) -> Sugared:
    condition = conditions.emit(ck, node.test)
    if condition.static is not None:
        return value(ck, node.body if condition.static else node.orelse, hint)
    with ck.maybe_pruned(condition.maybe_static):
        with ck.inner_frame():
            conditions.refine(ck, condition.true, node)
            body = value(ck, node.body, hint)
        with ck.inner_frame():
            conditions.refine(ck, condition.false, node)
            orelse = value(ck, node.orelse, hint)
        unified = unify(body.type, orelse.type)
        if unified is None:
            return ck.report("ternary-types", node, true=str(body.type), false=str(orelse.type))
    return UNKNOWN_VALUE if condition.maybe_static and body.type is not orelse.type else Simple(unified)


def _tuple(ck: Checker, node: tree.TupleLit, hint: Type | None) -> Sugared:
    parts = calls.positional(ck, node.items)
    if parts is None:
        return UNKNOWN_VALUE
    consts = [part.const for part in parts]
    known = NO if any(const is NO or const is SOME for const in consts) else tuple(consts)
    return Simple(TupleType.of([part.type for part in parts]), known)


_EXPRESSIONS: dict[type[tree.Expr], Callable[[Checker, Any, Type | None], Sugared]] = {
    tree.Hole: _hole,
    tree.Var: _var,
    tree.Const: _const,
    tree.Str: _str,
    tree.Literal: _literal,
    tree.Dots: _dots,
    tree.Starred: _starred,
    tree.Slice: _slice,
    tree.Select: _select,
    tree.Apply: _apply,
    tree.Subscript: _subscript,
    tree.BinOp: _bin_op,
    tree.UnaryOp: _unary_op,
    tree.Ternary: _ternary,
    tree.ListLit: containers.list_literal,
    tree.TupleLit: _tuple,
    tree.DictLit: containers.dict_literal,
    tree.ListComp: containers.list_comprehension,
    tree.DictComp: containers.dict_comprehension,
}
