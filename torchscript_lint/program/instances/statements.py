"""Statements of ``__init__``, run abstractly."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from torchscript_lint.plain import replace
from torchscript_lint.program.instances.expressions import binary, condition, evaluate, local
from torchscript_lint.program.instances.iterate import ITEMS, iterate
from torchscript_lint.program.instances.refine import refine
from torchscript_lint.program.instances.run import Run
from torchscript_lint.program.instances.state import State, join_states
from torchscript_lint.program.instances.values import (
    NONE_VALUE,
    UNKNOWN_VALUE,
    Alternatives,
    Const,
    Map,
    ModuleValue,
    Self,
    Seq,
    Unknown,
    Value,
    elements,
    join,
    join_all,
    weak,
)
from torchscript_lint.source.walk import walk

#: Rounds after which what a loop still changes is taken for Unknown.
_ROUNDS = 4


def execute(run: Run, body: list[ast.stmt]) -> None:
    """Run statements until the path ends."""
    for node in body:
        if run.state.dead:
            return
        run.step()
        handler = _HANDLERS.get(type(node))
        if handler is not None:
            handler(run, node)


# --- assignment -----------------------------------------------------------------------------------


def assign(run: Run, target: ast.expr, value: Value, node: ast.AST | None) -> None:
    """``target = value``."""
    if isinstance(target, ast.Name):
        run.state.scopes[run.frame.scope][target.id] = value
    elif isinstance(target, ast.Attribute):
        base = evaluate(run, target.value)
        if isinstance(base, Self):
            _set(run, run.mangle(target.attr), value, node)
        elif isinstance(base, Alternatives) and any(isinstance(part, Self) for part in base.parts):
            run.loose()
    elif isinstance(target, (ast.Tuple, ast.List)):
        _unpack(run, target.elts, value, node)
    elif isinstance(target, ast.Subscript):
        _set_item(run, target, value, node)
    elif isinstance(target, ast.Starred):
        assign(run, target.value, value, node)


def _set(run: Run, name: str, value: Value, node: ast.AST | None) -> None:
    setter = run.setter(name)
    if setter is not None:
        names = [arg.arg for arg in setter.node.args.args]
        if len(names) == 2:
            run.call_function(setter.node, setter.module, setter.owner, [(names[0], Self()), (names[1], value)])
        return
    run.set_attribute(name, value, node)


def _unpack(run: Run, targets: list[ast.expr], value: Value, node: ast.AST | None) -> None:
    found = iterate(run, value)
    items = found.items
    star = next((index for index, each in enumerate(targets) if isinstance(each, ast.Starred)), None)
    if items is not None and star is None and len(items) == len(targets):
        for target, item in zip(targets, items, strict=True):
            assign(run, target, item if found.certain else weak(item), node)
        return
    if items is not None and star is not None and len(items) >= len(targets) - 1:
        after = len(targets) - star - 1
        middle = items[star : len(items) - after]
        values: list[Value] = [
            *items[:star],
            Seq("list", middle, nonempty=bool(middle), idents=run.fresh()),
            *(items[len(items) - after :] if after else ()),
        ]
        for target, item in zip(targets, values, strict=True):
            assign(run, target, item, node)
        return
    element = elements(found)
    for target in targets:
        if isinstance(target, ast.Starred):
            assign(run, target, Seq("list", None, element, idents=run.fresh(), certain=found.certain), node)
        else:
            assign(run, target, element if found.certain else weak(element), node)


def _set_item(run: Run, target: ast.Subscript, value: Value, node: ast.AST | None) -> None:
    inner = target.value
    index = evaluate(run, target.slice) if not isinstance(target.slice, ast.Slice) else UNKNOWN_VALUE
    if isinstance(inner, ast.Attribute) and isinstance(evaluate(run, inner.value), Self):
        places = {"_modules": "module", "_parameters": "parameter", "_buffers": "buffer", "__dict__": "dict"}
        place = places.get(inner.attr)
        if place is not None:
            if isinstance(index, Const) and isinstance(index.value, str):
                run.set_attribute(index.value, value, node, place)
            else:
                run.loose()
            return
    base = evaluate(run, inner)
    if isinstance(base, Self):
        if isinstance(index, Const) and isinstance(index.value, (str, int)) and run.container:
            run.set_attribute(str(index.value), value, node)
        else:
            run.loose()
    elif isinstance(base, (Seq, Map, ModuleValue)):
        run.change(base, _with_item(base, index, value))


def _with_item(base: Seq | Map | ModuleValue, index: Value, value: Value) -> Value:
    if isinstance(base, Map):
        if base.items is not None and isinstance(index, Const):
            items = dict(base.items)
            items[index] = value
            return replace(base, items=tuple(items.items()), nonempty=True)
        keys = [index, *((key for key, _ in base.items) if base.items is not None else [base.key])]
        values = [value, *((item for _, item in base.items) if base.items is not None else [base.value])]
        if base.items is None and isinstance(base.key, Unknown) and base.certain:
            return replace(base, items=None, key=UNKNOWN_VALUE, value=UNKNOWN_VALUE)
        return replace(base, items=None, key=join_all(keys), value=join_all(values), nonempty=True)
    if isinstance(base, ModuleValue) and base.container in ("ModuleDict", "ParameterDict"):
        return with_member(base, index, value)
    at = index.value if isinstance(index, Const) and type(index.value) is int else None
    if base.items is not None and at is not None and -len(base.items) <= at < len(base.items):
        changed = list(base.items)
        changed[at] = value
        return replace(base, items=tuple(changed))
    if base.items is not None:
        return replace(base, items=tuple(join(item, value) for item in base.items))
    return replace(base, element=join(base.element, value))


def with_member(base: ModuleValue, key: Value, value: Value) -> ModuleValue:
    """A module or parameter container with one more member of this key."""
    if base.items is not None and base.keys is not None and isinstance(key, Const) and isinstance(key.value, str):
        if key.value in base.keys:
            index = base.keys.index(key.value)
            return replace(base, items=(*base.items[:index], value, *base.items[index + 1 :]))
        return replace(base, items=(*base.items, value), keys=(*base.keys, key.value))
    known = [*(base.items if base.items is not None else (base.element,)), value]
    return replace(base, items=None, keys=None, element=join_all(known))


def _assign(run: Run, node: ast.Assign) -> None:
    value = evaluate(run, node.value)
    for target in node.targets:
        assign(run, target, value, node)


def _ann_assign(run: Run, node: ast.AnnAssign) -> None:
    if node.value is not None:
        assign(run, node.target, evaluate(run, node.value), node)


def _aug_assign(run: Run, node: ast.AugAssign) -> None:
    from torchscript_lint.program.instances.calls import Args
    from torchscript_lint.program.instances.containers import container_method

    left = evaluate(run, node.target)
    right = evaluate(run, node.value)
    if isinstance(node.op, ast.Add) and isinstance(left, Seq) and left.kind == "list" and left.idents:
        run.change(left, extended(left, iterate(run, right)))
        return
    if isinstance(left, ModuleValue) and left.container:
        method = {"ModuleList": "extend", "Sequential": "extend", "ParameterList": "extend"}.get(left.container)
        if isinstance(node.op, ast.Add) and method is not None:
            container_method(run, left, method, Args((right,)))
        return
    assign(run, node.target, binary(run, node.op, left, right), node)


def extended(base: Seq, more: Seq) -> Seq:
    """A list with further items, in place."""
    if base.items is not None and more.items is not None:
        items = (*base.items, *more.items)
        return replace(base, items=items, nonempty=bool(items))
    parts = [elements(side) for side in (base, more) if side.items != ()]
    nonempty = base.nonempty or more.nonempty
    return replace(base, items=None, element=join_all(parts), nonempty=nonempty, certain=base.certain and more.certain)


def _delete(run: Run, node: ast.Delete) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            run.state.scopes[run.frame.scope].pop(target.id, None)
        elif isinstance(target, ast.Attribute):
            if isinstance(evaluate(run, target.value), Self):
                run.state.slots.pop(run.mangle(target.attr), None)
        elif isinstance(target, ast.Subscript):
            run.escape(evaluate(run, target.value))


# --- paths ----------------------------------------------------------------------------------------


def _if(run: Run, node: ast.If) -> None:
    known = condition(run, node.test)
    if known is not None:
        execute(run, node.body if known else node.orelse)
        return

    def side(outcome: bool, body: list[ast.stmt]) -> Callable[[], None]:
        def go() -> None:
            refine(run, node.test, outcome)
            execute(run, body)

        return go

    run.either(side(True, node.body), side(False, node.orelse))


def _for(run: Run, node: ast.For) -> None:
    source = evaluate(run, node.iter)
    found = iterate(run, source)
    frame = run.frame
    frame.breaks.append([])
    if found.items is not None and len(found.items) <= ITEMS and found.certain:
        for item in found.items:
            if run.state.dead:
                break
            frame.continues.append([])
            assign(run, node.target, item, None)
            execute(run, node.body)
            for state in frame.continues.pop():
                run.state = join_states(run.state, state)
    else:
        element = elements(found)
        _repeat(run, lambda: assign(run, node.target, element, None), node.body)
    execute(run, node.orelse)
    for state in frame.breaks.pop():
        run.state = join_states(run.state, state)


def _while(run: Run, node: ast.While) -> None:
    frame = run.frame
    frame.breaks.append([])
    if condition(run, node.test) is not False:
        _repeat(run, lambda: None, node.body, lambda: evaluate(run, node.test))
    execute(run, node.orelse)
    for state in frame.breaks.pop():
        run.state = join_states(run.state, state)


def _repeat(run: Run, start: Callable[[], None], body: list[ast.stmt], test: Callable[[], Value] | None = None) -> None:
    """Run a body any number of times, none included."""
    frame = run.frame
    current = run.state
    for turn in range(_ROUNDS + 1):
        run.state = current.copy()
        frame.continues.append([])
        if test is not None:
            test()
        start()
        execute(run, body)
        after = run.state
        for state in frame.continues.pop():
            after = join_states(after, state)
        merged = join_states(current.copy(), after)
        if _same(merged, current):
            break
        current = merged if turn < _ROUNDS else _widened(current, merged)
    run.state = current


def _same(left: State, right: State) -> bool:
    same = left.scopes == right.scopes and left.slots == right.slots and left.initialised == right.initialised
    return same and left.hooks == right.hooks


def _widened(old: State, new: State) -> State:
    result = new.copy()
    for before, after in zip(old.scopes, result.scopes, strict=True):
        for name, value in after.items():
            if before.get(name) != value:
                after[name] = UNKNOWN_VALUE
    for name, slot in result.slots.items():
        if old.slots.get(name) != slot:
            result.slots[name] = replace(slot, value=UNKNOWN_VALUE, place="open")
    return result


def _return(run: Run, node: ast.Return) -> None:
    value: Value = evaluate(run, node.value) if node.value is not None else NONE_VALUE
    run.frame.returns.append((run.state.copy(), value))
    run.state.dead = True


def _raise(run: Run, node: ast.Raise) -> None:
    run.state.dead = True


def _break(run: Run, node: ast.Break) -> None:
    if run.frame.breaks:
        run.frame.breaks[-1].append(run.state.copy())
    run.state.dead = True


def _continue(run: Run, node: ast.Continue) -> None:
    if run.frame.continues:
        run.frame.continues[-1].append(run.state.copy())
    run.state.dead = True


def _try(run: Run, node: Any) -> None:
    before = run.state.copy()
    execute(run, node.body)
    # An exception may come before, between or after the statements.
    middle = join_states(before, replace_dead(run.state))
    execute(run, node.orelse)
    end = run.state
    for handler in node.handlers:
        run.state = middle.copy()
        if handler.name:
            run.state.scopes[run.frame.scope][handler.name] = UNKNOWN_VALUE
        execute(run, handler.body)
        end = join_states(end, run.state)
    run.state = end
    dead = run.state.dead
    if node.finalbody:
        run.state.dead = False
        execute(run, node.finalbody)
        run.state.dead = run.state.dead or dead


def replace_dead(state: State) -> State:
    """The state, reachable again: an exception may leave a block that never ends normally."""
    result = state.copy()
    result.dead = False
    return result


def _with(run: Run, node: ast.With) -> None:
    for item in node.items:
        value = evaluate(run, item.context_expr)
        if item.optional_vars is not None:
            assign(run, item.optional_vars, UNKNOWN_VALUE, None)
            run.escape(value)
    execute(run, node.body)


def _match(run: Run, node: Any) -> None:
    run.escape(evaluate(run, node.subject))
    start = run.state
    end = start.copy()  # no case may fit
    for case in node.cases:
        run.state = start.copy()
        for name in walk(case.pattern):
            bound = getattr(name, "name", None) or getattr(name, "rest", None)
            if isinstance(bound, str):
                run.state.scopes[run.frame.scope][bound] = UNKNOWN_VALUE
        execute(run, case.body)
        irrefutable = type(case.pattern).__name__ == "MatchAs" and case.pattern.pattern is None and case.guard is None
        end = run.state if irrefutable and end is start else join_states(end, run.state)
        if irrefutable:
            break
    run.state = end


def _function(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    value: Value = local(run, node) if not node.decorator_list else UNKNOWN_VALUE
    run.state.scopes[run.frame.scope][node.name] = value


def _class(run: Run, node: ast.ClassDef) -> None:
    run.state.scopes[run.frame.scope][node.name] = UNKNOWN_VALUE


def _import(run: Run, node: ast.Import | ast.ImportFrom) -> None:
    from torchscript_lint.program.definitions import External
    from torchscript_lint.program.instances.outside import external_value

    scope = run.state.scopes[run.frame.scope]
    for alias in node.names:
        name = alias.asname or alias.name.split(".")[0]
        scope[name] = UNKNOWN_VALUE
        path = alias.name if isinstance(node, ast.Import) else f"{node.module}.{alias.name}"
        if isinstance(node, ast.Import) and not alias.asname:
            path = name
        if path.split(".")[0] in ("torch", "math", "copy", "functools", "numpy", "typing", "collections"):
            scope[name] = external_value(External(path))


def _expr(run: Run, node: ast.Expr) -> None:
    if not isinstance(node.value, ast.Constant):
        evaluate(run, node.value)


def _assert(run: Run, node: ast.Assert) -> None:
    if condition(run, node.test) is False:
        run.state.dead = True
        return
    refine(run, node.test, True)


def _global(run: Run, node: ast.Global | ast.Nonlocal) -> None:
    for name in node.names:
        run.state.scopes[run.frame.scope][name] = UNKNOWN_VALUE


_HANDLERS: dict[type[ast.stmt], Callable[[Run, Any], None]] = {
    ast.Assign: _assign,
    ast.AnnAssign: _ann_assign,
    ast.AugAssign: _aug_assign,
    ast.Delete: _delete,
    ast.If: _if,
    ast.For: _for,
    ast.While: _while,
    ast.Return: _return,
    ast.Raise: _raise,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.Try: _try,
    ast.With: _with,
    ast.FunctionDef: _function,
    ast.AsyncFunctionDef: _function,
    ast.ClassDef: _class,
    ast.Import: _import,
    ast.ImportFrom: _import,
    ast.Expr: _expr,
    ast.Assert: _assert,
    ast.Global: _global,
    ast.Nonlocal: _global,
    ast.Match: _match,
}
if hasattr(ast, "TryStar"):
    _HANDLERS[ast.TryStar] = _try
