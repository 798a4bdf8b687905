"""Conditions: truth, short circuits, what they refine, what the compiler decides while compiling.

Follows ``emitCondExpr``, ``emitIsInstance``, ``emitHasAttr``, ``emitShortCircuitLogical`` of ``ir_emitter.cpp``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from torchscript_lint.plain import dataclass
from torchscript_lint.script import attributes, expressions, joining, modules
from torchscript_lint.script.matching import may_be_none
from torchscript_lint.script.scope import Frame
from torchscript_lint.script.values import NO, SOME, Builtin, ModuleObject, Simple, Special
from torchscript_lint.source import tree
from torchscript_lint.types import annotations as ann
from torchscript_lint.types.model import (
    ANY,
    BOOL,
    NONE,
    STR,
    UNKNOWN,
    ClassType,
    DictType,
    ListType,
    OptionalType,
    Type,
    UnionType,
    is_tensor,
    members,
    plain,
    union,
)
from torchscript_lint.types.relations import is_subtype, unify, unify_all

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker

#: Refined types by variable.
Refined = dict[str, Type]


@dataclass(frozen=True)
class Condition:
    """A condition.

    Attributes:
        true, false: what is known of variables where it holds, and where it doesn't.
        static: its value, if the compiler decides it and leaves the other branch out; else None.
        maybe_static: whether the compiler may decide it by something the source does not tell.
    """

    true: Refined
    false: Refined
    static: bool | None = None
    maybe_static: bool = False
    const: object = NO

    def negated(self) -> Condition:
        """Its negation."""
        static = None if self.static is None else not self.static
        return Condition(self.false, self.true, static, self.maybe_static)


def emit(ck: Checker, node: tree.Expr) -> Condition:
    """Compile a condition."""
    if isinstance(node, tree.BinOp):
        if node.op in ("and", "or"):
            return _short_circuit(ck, node)
        if node.op in ("is", "is not"):
            return _is(ck, node)
    elif isinstance(node, tree.UnaryOp) and node.op == "not":
        return emit(ck, node.operand).negated()
    elif isinstance(node, tree.Apply):
        special = _special(ck, node)
        if special is not None:
            return special
        ck.ahead[node] = ck.pending
    ck.pending = node
    sugared = expressions.emit(ck, node)
    if isinstance(sugared, ModuleObject) and modules.is_open(sugared):
        return Condition({}, {}, None, True)
    value = expressions.as_value(ck, sugared, node)
    if not to_bool(ck, value, node):
        # What was meant is most likely `is not None`: one finding is enough.
        meant = (
            {node.name: value.type.elem} if isinstance(node, tree.Var) and isinstance(value.type, OptionalType) else {}
        )
        return Condition(meant, {})
    if value.const is SOME and (value.type is BOOL or value.unknown):
        return Condition({}, {}, None, True)
    if isinstance(value.const, bool):  # of another constant, such as 1, the compiler only emits the cast
        return Condition({}, {}, value.const)
    known = _known_while_compiling(ck, node)
    if known is not None:
        return Condition({}, {}, known)
    # A variable is never a constant; what an attribute or a call stands for may be.
    return Condition({}, {}, None, value.unknown and isinstance(node, (tree.Select, tree.Apply)))


def _known_while_compiling(ck: Checker, node: tree.Expr) -> bool | None:
    """Calls that the compiler decides: ``torch.jit.is_scripting()`` holds, ``has_torch_function(...)`` doesn't."""
    if not isinstance(node, tree.Apply):
        return None
    found = expressions.quiet(ck, node.func)
    if isinstance(found, Builtin):
        return {"aten::is_scripting": True, "aten::has_torch_function": False}.get(found.op)
    return None


def to_bool(ck: Checker, value: Simple, node: tree.Node) -> bool:
    """The implicit ``bool(...)`` of a condition (``emitToBool``); whether there is one."""
    from torchscript_lint.script import calls

    type_ = value.type
    if type_.unknown or type_ is BOOL or is_tensor(type_) or has_length(type_):
        return True
    if isinstance(type_, ClassType):
        fine = type_.kind != "module" and attributes.class_method(ck, type_, "__bool__") is not None
    else:
        fine = calls.fits("aten::Bool", [value])
    if not fine:
        ck.report("truth-value", node, type=str(type_))
    return fine


def has_length(type_: Type) -> bool:
    """Whether its truth is that of its length: lists, dicts, strings."""
    return isinstance(type_, (ListType, DictType)) or type_ is STR


def _special(ck: Checker, node: tree.Apply) -> Condition | None:
    func = node.func
    if isinstance(func, tree.Var):
        if func.name == "isinstance":
            if not _two_arguments(ck, node, "isinstance"):
                return Condition({}, {}, None, True)
            return is_instance(ck, node.args[0], node.args[1])
        if func.name == "hasattr":
            if not _two_arguments(ck, node, "hasattr"):
                return Condition({}, {}, None, True)
            return has_attr(ck, node.args[0], node.args[1])
    found = expressions.quiet(ck, func)
    if isinstance(found, Special) and found.form == "torch.jit.isinstance" and len(node.args) == 2:
        return is_instance(ck, node.args[0], node.args[1])
    return None


def _two_arguments(ck: Checker, node: tree.Apply, name: str) -> bool:
    if len(node.args) != 2:
        ck.report("builtin-arity", node, function=name, expected="exactly 2 arguments", found=str(len(node.args)))
        return False
    if node.keywords:
        ck.report("builtin-keywords", node, function=name)
        return False
    return True


def _short_circuit(ck: Checker, node: tree.BinOp) -> Condition:
    left = emit(ck, node.lhs)
    is_or = node.op == "or"
    known, other = (left.false, left.true) if is_or else (left.true, left.false)
    # Both sides are blocks of an `if`: what is known where the right side is skipped is an assignment there, too.
    with ck.inner_frame():
        refine(ck, other, node)
    # The right side is compiled even where the left one settles the whole.
    with ck.inner_frame(), ck.maybe_pruned(False):
        refine(ck, known, node)
        right = emit(ck, node.rhs)
    maybe = left.maybe_static or right.maybe_static
    if is_or:
        static = (
            True if True in (left.static, right.static) else False if left.static is right.static is False else None
        )
        true, false = _intersect(left.true, right.true), _unite(left.false, right.false)
    else:
        static = False if False in (left.static, right.static) else True if left.static and right.static else None
        true, false = _unite(left.true, right.true), _intersect(left.false, right.false)
    return Condition(true, false, static, maybe)


def _unite(left: Refined, right: Refined) -> Refined:
    result = dict(left)
    for name, type_ in right.items():
        if name not in result:
            result[name] = type_
        elif result[name] is not type_:
            del result[name]
    return result


def _intersect(left: Refined, right: Refined) -> Refined:
    return {name: type_ for name, type_ in left.items() if right.get(name) is type_}


def refine(ck: Checker, refined: Refined, node: tree.Node) -> None:
    """Narrow variables in the current frame (``insertRefinements``: an assignment, and held to its rules)."""
    for name, type_ in refined.items():
        if not isinstance(ck.frame.find(name), Simple):
            continue
        outer = ck.frame.find_outside(name)
        if isinstance(outer, Simple) and not is_subtype(type_, outer.type):
            ck.report("variable-type-change", node, name=name, before=str(outer.type), now=str(type_))
            type_ = UNKNOWN
        ck.frame.store(name, type_)


def _is(ck: Checker, node: tree.BinOp) -> Condition:
    left = expressions.value(ck, node.lhs)
    right = expressions.value(ck, node.rhs)
    is_ = node.op == "is"
    left_none, right_none = _none_status(left), _none_status(right)
    if "unknown" in (left_none, right_none):
        subject = node.lhs if right.type is NONE else node.rhs
        refined = _present(subject, left if right.type is NONE else right)
        return Condition({}, refined, None, True) if is_ else Condition(refined, {}, None, True)
    if left_none == right_none == "always":
        return Condition({}, {}, is_)
    if {left_none, right_none} == {"always", "never"}:
        return Condition({}, {}, not is_)
    refined = {}
    if isinstance(node.rhs, tree.Literal) and node.rhs.value is None:
        refined = _present(node.lhs, left)
    elif isinstance(node.lhs, tree.Literal) and node.lhs.value is None:
        refined = _present(node.rhs, right)
    return Condition({}, refined) if is_ else Condition(refined, {})


def _present(node: tree.Expr, value: Simple) -> Refined:
    """A variable that is not None (``findIsNoneRefinements``); attributes are not refined."""
    if not isinstance(node, tree.Var):
        return {}
    type_ = value.type
    if isinstance(type_, OptionalType):
        return {node.name: type_.elem}
    if isinstance(type_, UnionType) and NONE in type_.parts:
        return {node.name: union(part for part in type_.parts if part is not NONE)}
    return {}


def _none_status(value: Simple) -> str:
    if value.type is UNKNOWN:
        return "unknown"
    if value.type is NONE or value.const is None:
        return "always"
    if may_be_none(value.type):
        return "maybe"
    return "never"


def has_attr(ck: Checker, node: tree.Expr, name: tree.Expr) -> Condition:
    """``hasattr(obj, "name")``: always decided while compiling."""
    sugared = expressions.emit(ck, node)
    if not isinstance(name, tree.Str):
        ck.report("attribute-name-not-literal", name, function="hasattr")
        return Condition({}, {}, None, True)
    answer = attributes.has(ck, sugared, name.value, node)
    return Condition({}, {}, answer, answer is None)


def is_instance(ck: Checker, node: tree.Expr, classes: tree.Expr) -> Condition:
    """``isinstance(obj, types)`` (``emitIsInstance``)."""
    value = expressions.value(ck, node)
    wanted: list[Type] = []
    failed = False

    def report(rule: str, at: tree.Node, **detail: str) -> None:
        nonlocal failed
        failed = True
        ck.report(rule, at, **detail)

    def gather(part: tree.Expr) -> None:
        if isinstance(part, tree.TupleLit):
            for item in part.items:
                gather(item)
        elif isinstance(part, tree.BinOp) and part.op == "|":
            gather(part.lhs)
            gather(part.rhs)
        else:
            wanted.append(ann.parse(part, ck.names, report))

    gather(classes)
    if failed or value.type is UNKNOWN or any(type_ is UNKNOWN for type_ in wanted):
        name = node.name if isinstance(node, tree.Var) else ""
        refined = _intended(name, wanted) if name and value.type in (UNKNOWN, ANY) else {}
        if value.type is not UNKNOWN and name and not refined:
            refined = {name: UNKNOWN}
        return Condition(refined, {}, None, True)
    return _decide(node, list(members(value.type)), [one for type_ in wanted for one in members(type_)])


def _intended(name: str, wanted: list[Type]) -> Refined:
    if any(type_ is UNKNOWN for type_ in wanted):
        return {name: UNKNOWN}
    unified = unify_all(wanted, to_union=True)
    return {name: unified} if unified is not None else {}


def _decide(node: tree.Expr, types: list[Type], wanted: list[Type]) -> Condition:
    true: list[Type] = []
    false: list[Type] = []
    all_match = True
    for type_ in types:
        if type_ is ANY:
            true += wanted
            false.append(ANY)
            all_match = all_match and true == [ANY]
            break
        found: Type | None = None
        for other in wanted:
            if is_subtype(type_, other):
                found = type_
            elif is_subtype(other, type_):
                found = other if found is None else unify(found, other, to_union=True)
        if found is None:
            false.append(type_)
            all_match = False
        else:
            true.append(plain(found))
    refined_true: Refined = {}
    refined_false: Refined = {}
    if isinstance(node, tree.Var):
        for into, parts in ((refined_true, true), (refined_false, false)):
            unified = unify_all(parts, to_union=True)
            if unified is not None:
                into[node.name] = unified
    if all_match:
        return Condition(refined_true, refined_false, True)
    if not true:
        return Condition(refined_true, refined_false, False)
    return Condition(refined_true, refined_false)


def emit_branches(
    ck: Checker, condition: Condition, body: Callable[[], None], orelse: Callable[[], None], node: tree.Node
) -> None:
    """Compile two branches, or the one the compiler keeps (``emitIfElseBlocks``)."""
    if condition.static is not None:
        refine(ck, condition.true if condition.static else condition.false, node)
        (body if condition.static else orelse)()
        return
    with ck.maybe_pruned(condition.maybe_static):
        true = _branch(ck, condition.true, body, node)
        false = _branch(ck, condition.false, orelse, node)
        if true.exits and false.exits:
            ck.frame.exits = True
        joining.join(ck, true, false, node)
    if condition.maybe_static and (true.exits or false.exits):
        # What follows is compiled only in some configurations.
        ck.uncertain += 1


def _branch(ck: Checker, known: Refined, body: Callable[[], None], node: tree.Node) -> Frame:
    """One branch, in a block of its own; what the block knows at its end."""
    with ck.inner_frame() as frame:
        refine(ck, known, node)
        body()
    return frame
