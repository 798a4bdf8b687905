"""Statements (``emitStatements`` of ``ir_emitter.cpp``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from torchscript_lint.program import Uncertain
from torchscript_lint.script import assignments, attributes, calls, conditions, expressions, iteration
from torchscript_lint.script.values import ExceptionObject, Simple, Sugared, is_unknown
from torchscript_lint.source import tree
from torchscript_lint.types.model import (
    ANY,
    DEVICE,
    INT,
    NONE,
    STR,
    UNKNOWN,
    ClassType,
    DictType,
    ListType,
    Type,
    plain,
)

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker


def emit_block(ck: Checker, statements: list[tree.Stmt]) -> None:
    """Compile statements up to the first that certainly leaves the function: what follows it is not compiled."""
    for statement in statements:
        ck.pending = statement
        if isinstance(statement, tree.Assign) and _names(statement.targets[0]):
            ck.ahead[statement.value] = statement
        _STATEMENTS[type(statement)](ck, statement)
        if ck.frame.exits:
            return


def _names(target: tree.Expr) -> bool:
    return isinstance(target, (tree.Var, tree.TupleLit))


def _hole(ck: Checker, node: tree.HoleStmt) -> None:
    # The front end refused it; what it would bind is unknown from here on.
    for name in node.binds:
        ck.frame.store(name, UNKNOWN)


def _expr(ck: Checker, node: tree.ExprStmt) -> None:
    expressions.emit(ck, node.value, binders=0)


def _pass(ck: Checker, node: tree.Pass) -> None:
    pass


def _jump(ck: Checker, node: tree.Break | tree.Continue) -> None:
    if ck.loops == "unrolled":
        ck.report("unrolled-break", node, statement="break" if isinstance(node, tree.Break) else "continue")


def _return(ck: Checker, node: tree.Return) -> None:
    if node.value is None:
        ck.emit_return(Simple(NONE, None), node)
        return
    value = expressions.value(ck, node.value, ck.declared)
    ck.emit_return(value, node)


def _raise(ck: Checker, node: tree.Raise) -> None:
    value = expressions.emit(ck, node.value)
    if isinstance(value, ExceptionObject) or is_unknown(value) or (isinstance(value, Simple) and value.type.unknown):
        pass
    else:
        ck.report("raise-non-exception", node, found=value.kind)
    ck.frame.exits = True


def _assert(ck: Checker, node: tree.Assert) -> None:
    condition = conditions.emit(ck, node.test)

    def fails() -> None:
        if node.msg is not None:
            message = expressions.value(ck, node.msg)
            _to_text(ck, message, node.msg)
        ck.frame.exits = True

    conditions.emit_branches(ck, condition, lambda: None, fails, node)


def _to_text(ck: Checker, value: Simple, node: tree.Expr) -> None:
    if value.type is not STR and not value.type.unknown:
        calls.builtin(ck, "aten::str", [value], [], node)


def _if(ck: Checker, node: tree.If) -> None:
    condition = conditions.emit(ck, node.test)
    conditions.emit_branches(
        ck, condition, lambda: emit_block(ck, node.body), lambda: emit_block(ck, node.orelse), node
    )


def _while(ck: Checker, node: tree.While) -> None:
    with ck.inner_frame():
        value = expressions.value(ck, node.test)
        conditions.to_bool(ck, value, node.test)
    with ck.inside_loop("loop"), ck.inner_frame():
        emit_block(ck, node.body)


def _for(ck: Checker, node: tree.For) -> None:
    emit_for(ck, node.target, node.iter, node, lambda: emit_block(ck, node.body))


def emit_for(ck: Checker, target: tree.Expr, iter_: tree.Expr, node: tree.Node, body: Callable[[], None]) -> None:
    """A loop, or the copies of its body that the compiler makes of one over modules or tuples (``emitFor``)."""
    iterable = iteration.iterate(ck, expressions.emit(ck, iter_), node)
    loop_over(ck, target, iterable, node, body)


def loop_over(ck: Checker, target: tree.Expr, iterable: Sugared, node: tree.Node, body: Callable[[], None]) -> None:
    """As :func:`emit_for`, over what is already an iterable."""
    unrolled = iteration.is_unrolled(iterable)
    if not unrolled:
        element = iteration.element(ck, iterable, node)
        with ck.inside_loop("loop"), ck.inner_frame() as inner:
            # The element is a first-class value there: a tuple of values becomes a Tuple.
            simple = expressions.as_value(ck, element, node)
            assignments.assign_targets(ck, [target], [simple], node)
            body()
        if iteration.is_open(iterable):
            # It may as well be a loop that is copied, whose variables stay.
            for name, type_ in inner.types.items():
                found = ck.frame.find(name)
                if not isinstance(found, Simple) or found.type is not type_:
                    ck.frame.forget(name)
        return
    with ck.inside_loop("unrolled"):
        elements = iteration.elements(ck, iterable, node)
        if elements is None:
            # How often it is copied isn't known; once is enough to see what is wrong with it.
            before = dict(ck.frame.types)
            with ck.maybe_pruned(True):
                element = iteration.element(ck, iterable, node)
                assignments.assign_targets(ck, [target], [element], node)
                body()
            _forget_changed(ck, before)
            return
        for element in elements[:_MAX_COPIES]:
            assignments.assign_targets(ck, [target], [element], target)
            # Of a copy behind a return the first statement is still compiled, as of any block (`emitStatements`).
            body()


#: Loops over more elements than this are checked for the first ones only.
_MAX_COPIES = 12


def _forget_changed(ck: Checker, before: dict[str, Type]) -> None:
    """After a loop copied an unknown number of times, a type it changed is not known."""
    ck.frame.exits = False
    for name, type_ in ck.frame.types.items():
        if before.get(name) is not type_:
            ck.frame.types[name] = UNKNOWN


def _delete(ck: Checker, node: tree.Delete) -> None:
    for target in node.targets:
        if isinstance(target, tree.Subscript):
            index = target.indices[0]
            if isinstance(index, tree.Slice):
                ck.report("delete-slice", target)
                continue
            base = expressions.value(ck, target.base)
            position = expressions.value(ck, index)
            if base.type.unknown:
                continue
            if isinstance(base.type, ClassType):
                method = attributes.class_method(ck, base.type, "__delitem__")
                if method is None:
                    ck.report("missing-magic-method", target, type=str(base.type), method="__delitem__")
                elif not isinstance(method, Uncertain):
                    calls.call_function(ck, method, base, [position], [], node)
            elif not (position.type.unknown or _deletable(base.type, plain(position.type))):
                ck.report("delete-item", target, type=str(base.type), index=str(position.type))
        elif isinstance(target, tree.Var):
            bound = ck.frame.find(target.name) is not None
            if not ck.frame.remove(target.name):
                where = "outside of this block, and `del` looks there" if bound else "here"
                ck.report("undefined-name", target, name=target.name, where=where)
        elif isinstance(target, (tree.TupleLit, tree.ListLit)) or not isinstance(target, tree.Hole):
            ck.report("delete-target", target)


def _deletable(container: Type, index: Type) -> bool:
    """Whether ``aten::Delete`` is there for these types; it is inserted as it is, nothing is converted for it."""
    if isinstance(container, ListType):
        return index is INT
    return isinstance(container, DictType) and index is container.key and index not in (DEVICE, ANY)


def _with(ck: Checker, node: tree.With) -> None:
    for item in node.items:
        context = expressions.value(ck, item.context)
        type_ = context.type
        bound = UNKNOWN
        if isinstance(type_, ClassType):
            bound = _enter(ck, type_, item)
        elif not type_.unknown:
            ck.report("with-non-object", item, type=str(type_))
        if isinstance(item.target, tree.Var):
            ck.assign(item.target.name, Simple(bound), item.target)
    emit_block(ck, node.body)


def _enter(ck: Checker, type_: ClassType, item: tree.WithItem) -> Any:
    enter = attributes.class_method(ck, type_, "__enter__")
    exit_ = attributes.class_method(ck, type_, "__exit__")
    if isinstance(enter, Uncertain) or isinstance(exit_, Uncertain):
        return UNKNOWN
    if enter is None or exit_ is None:
        ck.report("with-protocol", item, type=str(type_))
        return UNKNOWN
    receiver = Simple(type_)
    entering = ck.session.compile(enter, receiver, ck.chain).schema
    leaving = ck.session.compile(exit_, receiver, ck.chain).schema
    if entering is None or leaving is None:
        return UNKNOWN
    if entering.args and not entering.vararg:
        ck.report("with-enter-arity", item)
    elif len(leaving.args) != 3 and not leaving.vararg:
        ck.report("with-exit-arity", item)
    else:
        for index, arg in enumerate(leaving.args):
            if arg.type is not ANY and not arg.type.unknown:
                ck.report("with-exit-types", item, index=str(index + 1))
                break
    return entering.returns[0] if entering.returns else UNKNOWN


_STATEMENTS: dict[type[tree.Stmt], Callable[[Checker, Any], None]] = {
    tree.HoleStmt: _hole,
    tree.ExprStmt: _expr,
    tree.Assign: assignments.assign,
    tree.AugAssign: assignments.augmented,
    tree.Delete: _delete,
    tree.Return: _return,
    tree.Raise: _raise,
    tree.Assert: _assert,
    tree.If: _if,
    tree.While: _while,
    tree.For: _for,
    tree.Pass: _pass,
    tree.Break: _jump,
    tree.Continue: _jump,
    tree.With: _with,
}
