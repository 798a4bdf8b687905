"""Expressions of ``__init__``, evaluated as Python would, without running anything."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

from torchscript_lint.plain import replace
from torchscript_lint.program.instances.iterate import ITEMS, iterate
from torchscript_lint.program.instances.lookup import attribute_of, subscript_of
from torchscript_lint.program.instances.refine import refine, test_truth
from torchscript_lint.program.instances.run import MAX_STEPS, Exhausted, Run
from torchscript_lint.program.instances.state import State, join_states
from torchscript_lint.program.instances.values import (
    BOOL,
    FLOAT,
    INT,
    STR,
    TENSOR,
    UNKNOWN_VALUE,
    Alternatives,
    Const,
    Local,
    Map,
    Opaque,
    Scalar,
    Seq,
    Value,
    is_none,
    join_all,
    only,
    parts_of,
    scalar_of,
    truth,
    weak,
)
from torchscript_lint.source.walk import children, walk

_NUMERIC = ("int", "float", "bool", "complex")
_FOLD: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv, ast.Mod: operator.mod, ast.Pow: operator.pow,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift, ast.BitAnd: operator.and_, ast.BitOr: operator.or_, ast.BitXor: operator.xor,
}  # fmt: skip


def evaluate(run: Run, node: ast.expr) -> Value:
    """The value of an expression."""
    run.steps += 1  # as `Run.step`, for what is evaluated by the hundred thousand
    if run.steps > MAX_STEPS:
        raise Exhausted
    handler = _HANDLERS.get(type(node))
    return handler(run, node) if handler is not None else _other(run, node)


def _other(run: Run, node: ast.expr) -> Value:
    for child in children(node):
        if isinstance(child, ast.expr):
            run.escape(evaluate(run, child))
    return UNKNOWN_VALUE


def _constant(run: Run, node: ast.Constant) -> Value:
    return Const(node.value)


def _name(run: Run, node: ast.Name) -> Value:
    return run.name(node.id)


def _attribute(run: Run, node: ast.Attribute) -> Value:
    return attribute_of(run, evaluate(run, node.value), node.attr)


def _subscript(run: Run, node: ast.Subscript) -> Value:
    base = evaluate(run, node.value)
    if isinstance(node.slice, ast.Slice):
        bounds = [evaluate(run, part) if part is not None else None for part in _bounds(node.slice)]
        return _slice(base, bounds)
    return subscript_of(run, base, evaluate(run, node.slice))


def _bounds(node: ast.Slice) -> tuple[ast.expr | None, ast.expr | None, ast.expr | None]:
    return node.lower, node.upper, node.step


def _slice(base: Value, bounds: list[Value | None]) -> Value:
    if isinstance(base, Scalar) and base.tag in ("tensor", "parameter", "str"):
        return Scalar("tensor" if base.tag == "parameter" else base.tag, certain=base.certain)
    if isinstance(base, Const) and isinstance(base.value, str):
        return STR
    if not isinstance(base, Seq) or base.kind not in ("list", "tuple"):
        return UNKNOWN_VALUE
    known = [bound.value if isinstance(bound, Const) else bound for bound in bounds]
    if base.items is not None and all(bound is None or type(bound) is int for bound in known):
        try:
            items = base.items[slice(*known)]  # type: ignore[arg-type]
        except ValueError:
            return UNKNOWN_VALUE
        certain = base.certain and all(bound is None or bound.certain for bound in bounds)
        return Seq(base.kind, items, nonempty=bool(items), certain=certain)
    element = join_all(list(base.items)) if base.items is not None else base.element
    return weak(Seq(base.kind, None, element))


def _tuple(run: Run, node: ast.Tuple) -> Value:
    return display(run, "tuple", node.elts)


def _list(run: Run, node: ast.List) -> Value:
    return replace(display(run, "list", node.elts), idents=run.fresh())


def _set(run: Run, node: ast.Set) -> Value:
    for item in node.elts:
        evaluate(run, item)
    return Opaque("set")


def display(run: Run, kind: str, nodes: list[ast.expr]) -> Seq:
    """A list or tuple display; ``*x`` of unknown length makes the length unknown."""
    items: list[Value] = []
    known, certain, nonempty = True, True, False
    for node in nodes:
        if isinstance(node, ast.Starred):
            value = evaluate(run, node.value)
            found = iterate(run, value)
            certain = certain and value.certain
            if found.items is None:
                known = False
                items.append(found.element)
            else:
                items.extend(found.items)
                nonempty = nonempty or bool(found.items)
        else:
            items.append(evaluate(run, node))
            nonempty = True
    if known:
        return Seq(kind, tuple(items), nonempty=bool(items), certain=certain)
    return Seq(kind, None, join_all(items), nonempty, certain=certain)


def _dict(run: Run, node: ast.Dict) -> Value:
    pairs: list[tuple[Value, Value]] = []
    known = True
    for key, item in zip(node.keys, node.values, strict=True):
        value = evaluate(run, item)
        if key is None:
            if isinstance(value, Map) and value.items is not None:
                pairs.extend(value.items)
            else:
                known = False
                pairs.append((value.key, value.value) if isinstance(value, Map) else (UNKNOWN_VALUE, UNKNOWN_VALUE))
        else:
            pairs.append((evaluate(run, key), value))
    return make_map(run, pairs, known)


def make_map(run: Run, pairs: list[tuple[Value, Value]], known: bool = True) -> Map:
    """A dict of these pairs; ``known`` is whether there are no others."""
    if known and all(isinstance(key, Const) for key, _ in pairs):
        unique: dict[Const, Value] = {}
        for key, value in pairs:
            assert isinstance(key, Const)
            unique[key] = value
        return Map(tuple(unique.items()), nonempty=bool(unique), idents=run.fresh())
    keys, values = join_all([key for key, _ in pairs]), join_all([value for _, value in pairs])
    return Map(None, keys, values, known and bool(pairs), idents=run.fresh())


def _bool_op(run: Run, node: ast.BoolOp) -> Value:
    """``and``, ``or``: what an operand says holds in the operands after it, not after the expression."""
    wanted = isinstance(node.op, ast.Or)
    results: list[Value] = []
    exits: list[State] = []
    for index, part in enumerate(node.values):
        value = evaluate(run, part)
        known = truth(value)
        if index == len(node.values) - 1 or known is wanted:
            results.append(value)
            break
        if known is None:
            # What the operand may be where it decides: the false (or true) alternatives drop out.
            kept = only(value, lambda side: None if truth(side) is None else truth(side) is wanted)
            if kept is not None:
                results.append(kept)
            exits.append(run.state.copy())
            refine(run, part, not wanted)
            if run.state.dead:
                break
    for state in exits:
        run.state = join_states(run.state, state)
    return join_all(results)


def _unary(run: Run, node: ast.UnaryOp) -> Value:
    value = evaluate(run, node.operand)
    if isinstance(node.op, ast.Not):
        known = truth(value)
        return BOOL if known is None else Const(not known)
    if isinstance(value, Const) and isinstance(value.value, (bool, int, float, complex)):
        if isinstance(node.op, ast.USub):
            return Const(-value.value, certain=value.certain)
        if isinstance(node.op, ast.UAdd):
            return Const(+value.value, certain=value.certain)
    if isinstance(value, Scalar):
        if value.tag in ("int", "float", "complex"):
            return value
        if value.tag == "bool":
            return Scalar("int", certain=value.certain)
        if value.tag in ("tensor", "parameter"):
            return Scalar("tensor", certain=value.certain)
    return UNKNOWN_VALUE


def _bin_op(run: Run, node: ast.BinOp) -> Value:
    left, right = evaluate(run, node.left), evaluate(run, node.right)
    return binary(run, node.op, left, right)


def binary(run: Run, op: ast.operator, left: Value, right: Value) -> Value:
    """``left op right``."""
    if isinstance(left, Alternatives) or isinstance(right, Alternatives):
        # None has no operators: such a configuration ends in an exception.
        lefts = [part for part in parts_of(left) if is_none(part) is not True]
        rights = [part for part in parts_of(right) if is_none(part) is not True]
        if len(lefts) * len(rights) in range(1, 9):
            return join_all([binary(run, op, a, b) for a in lefts for b in rights])
        return UNKNOWN_VALUE
    certain = left.certain and right.certain
    if isinstance(left, Const) and isinstance(right, Const):
        return _fold(op, left, right, certain)
    result = _binary(run, op, left, right)
    return result if certain else weak(result)


def _fold(op: ast.operator, left: Const, right: Const, certain: bool) -> Value:
    a: Any = left.value
    b: Any = right.value
    function = _FOLD.get(type(op))
    if function is None or (isinstance(op, (ast.Pow, ast.LShift)) and not _small(a, b)):
        return UNKNOWN_VALUE
    if isinstance(op, ast.Mult) and (isinstance(a, (str, bytes)) or isinstance(b, (str, bytes))):
        return STR
    try:
        return Const(function(a, b), certain=certain)
    except Exception:
        return UNKNOWN_VALUE


def _small(a: object, b: object) -> bool:
    return isinstance(a, (int, float)) and isinstance(b, (int, float)) and abs(a) < 10**6 and abs(b) < 64


def _binary(run: Run, op: ast.operator, left: Value, right: Value) -> Value:
    if any(isinstance(side, Scalar) and side.tag in ("tensor", "parameter", "buffer") for side in (left, right)):
        others = [side for side in (left, right) if scalar_of(side) is None]
        return TENSOR if not others else weak(TENSOR)
    if isinstance(left, Seq) or isinstance(right, Seq):
        return _sequence_op(run, op, left, right)
    a, b = scalar_of(left), scalar_of(right)
    if a is not None and a.tag == "str":
        if isinstance(op, ast.Mod) or (b is not None and (b.tag == "str" or isinstance(op, ast.Mult))):
            return STR
        return UNKNOWN_VALUE
    if b is not None and b.tag == "str" and isinstance(op, ast.Mult):
        return STR
    if a is None or b is None or a.tag not in _NUMERIC or b.tag not in _NUMERIC:
        return UNKNOWN_VALUE
    return _number_op(op, a.tag, b.tag, right)


def _number_op(op: ast.operator, a: str, b: str, right: Value) -> Value:
    tags = {a, b}
    if isinstance(op, (ast.BitAnd, ast.BitOr, ast.BitXor)):
        return BOOL if tags == {"bool"} else INT
    if "complex" in tags:
        return Scalar("complex")
    if isinstance(op, ast.Div):
        return FLOAT
    if isinstance(op, ast.Pow):
        if isinstance(right, Const) and isinstance(right.value, (int, float)):
            if "float" not in tags:
                return INT if right.value >= 0 else FLOAT
            # A negative number to a fraction is complex.
            return FLOAT
        if tags <= {"int", "bool"}:
            return weak(INT)
        return weak(FLOAT)
    return FLOAT if "float" in tags else INT


def _sequence_op(run: Run, op: ast.operator, left: Value, right: Value) -> Value:
    if isinstance(op, ast.Add) and isinstance(left, Seq) and isinstance(right, Seq) and left.kind == right.kind:
        if left.items is not None and right.items is not None:
            items = (*left.items, *right.items)
            return Seq(left.kind, items, nonempty=bool(items), idents=_new(run, left.kind))
        parts = [
            join_all(list(side.items)) if side.items is not None else side.element
            for side in (left, right)
            if side.items != ()
        ]
        nonempty = left.nonempty or right.nonempty
        return Seq(left.kind, None, join_all(parts), nonempty, idents=_new(run, left.kind))
    if isinstance(op, ast.Mult):
        sequence, count = (left, right) if isinstance(left, Seq) else (right, left)
        if not isinstance(sequence, Seq) or sequence.kind not in ("list", "tuple"):
            return UNKNOWN_VALUE
        times = count.value if isinstance(count, Const) and type(count.value) is int else None
        if times is not None and sequence.items is not None and len(sequence.items) * times <= ITEMS:
            items = sequence.items * times
            return Seq(sequence.kind, items, nonempty=bool(items), idents=_new(run, sequence.kind))
        element = join_all(list(sequence.items)) if sequence.items is not None else sequence.element
        return Seq(sequence.kind, None, element, idents=_new(run, sequence.kind))
    return UNKNOWN_VALUE


def _new(run: Run, kind: str) -> frozenset[int]:
    return run.fresh() if kind == "list" else frozenset()


def _compare(run: Run, node: ast.Compare) -> Value:
    values = [evaluate(run, part) for part in (node.left, *node.comparators)]
    known = test_truth(run, node, values)
    if known is not None:
        return Const(known)
    if all(isinstance(op, (ast.Is, ast.IsNot, ast.In, ast.NotIn)) for op in node.ops):
        return BOOL
    if any(isinstance(value, Scalar) and value.tag in ("tensor", "parameter") for value in values):
        return TENSOR
    return BOOL if all(scalar_of(v) is not None or isinstance(v, (Const, Seq)) for v in values) else weak(BOOL)


def _if_exp(run: Run, node: ast.IfExp) -> Value:
    known = condition(run, node.test)
    if known is not None:
        return evaluate(run, node.body if known else node.orelse)

    def side(outcome: bool) -> Callable[[], Value | None]:
        def go() -> Value | None:
            refine(run, node.test, outcome)
            return None if run.state.dead else evaluate(run, node.body if outcome else node.orelse)

        return go

    first, second = run.either(side(True), side(False))
    run.state.dead = False
    found = [value for value in (first, second) if value is not None]
    return join_all(found)


def condition(run: Run, node: ast.expr) -> bool | None:
    """Whether a condition holds, in every configuration; None where that is open."""
    return truth(evaluate(run, node))


def _joined(run: Run, node: ast.JoinedStr) -> Value:
    text: list[str] = []
    known = True
    for part in node.values:
        if isinstance(part, ast.Constant):
            text.append(str(part.value))
        elif isinstance(part, ast.FormattedValue):
            value = evaluate(run, part.value)
            plain = part.conversion == -1 and part.format_spec is None
            if plain and isinstance(value, Const) and value.certain:
                text.append(str(value.value))
            else:
                known = False
    return Const("".join(text)) if known else STR


def _comprehension(run: Run, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> Value:
    found = _generate(run, node.generators, lambda: evaluate(run, node.elt))
    if isinstance(node, ast.SetComp):
        return Opaque("set")
    kind = "list" if isinstance(node, ast.ListComp) else "iterator"
    return replace(found, kind=kind, idents=run.fresh() if kind == "list" else frozenset())


def _dict_comp(run: Run, node: ast.DictComp) -> Value:
    def pair() -> Value:
        return Seq("tuple", (evaluate(run, node.key), evaluate(run, node.value)))

    found = _generate(run, node.generators, pair)
    if found.items is not None:
        pairs = [item.items for item in found.items if isinstance(item, Seq) and item.items is not None]
        if len(pairs) == len(found.items):
            return make_map(run, [(pair[0], pair[1]) for pair in pairs])
    element = found.element
    if isinstance(element, Seq) and element.items is not None:
        return Map(None, element.items[0], element.items[1], found.nonempty, idents=run.fresh())
    return Map(None, UNKNOWN_VALUE, UNKNOWN_VALUE, idents=run.fresh())


def _generate(run: Run, generators: list[ast.comprehension], make: Callable[[], Value]) -> Seq:
    """The items of a comprehension, as a sequence without a kind."""
    from torchscript_lint.program.instances.statements import assign

    scope = run.state.scopes[run.frame.scope]
    names = {name.id for generator in generators for name in walk(generator.target) if isinstance(name, ast.Name)}
    saved = {name: scope[name] for name in names if name in scope}

    def level(index: int) -> Seq:
        if index == len(generators):
            return Seq("", (make(),), nonempty=True)
        generator = generators[index]
        source = evaluate(run, generator.iter)
        found = iterate(run, source)
        if found.items is not None and len(found.items) <= ITEMS:
            parts: list[Seq] = []
            for item in found.items:
                assign(run, generator.target, item, None)
                parts.append(_filtered(run, generator.ifs, lambda: level(index + 1)))
            return _concatenate(parts, source.certain)
        assign(run, generator.target, found.element, None)
        inner = _filtered(run, generator.ifs, lambda: level(index + 1))
        element = join_all(list(inner.items)) if inner.items is not None else inner.element
        return Seq("", None, element, found.nonempty and inner.nonempty, certain=source.certain and inner.certain)

    try:
        return level(0)
    finally:
        scope = run.state.scopes[run.frame.scope]
        for name in names:
            scope.pop(name, None)
        scope.update(saved)


def _filtered(run: Run, tests: list[ast.expr], make: Callable[[], Seq]) -> Seq:
    outcomes = [condition(run, test) for test in tests]
    if False in outcomes:
        return Seq("", ())
    found = make()
    if None in outcomes:
        element = join_all(list(found.items)) if found.items is not None else found.element
        return Seq("", None, element, certain=found.certain)
    return found


def _concatenate(parts: list[Seq], certain: bool) -> Seq:
    certain = certain and all(part.certain for part in parts)
    items: list[Value] = []
    for part in parts:
        if part.items is None:
            known = [
                join_all(list(each.items)) if each.items is not None else each.element
                for each in parts
                if each.items != ()
            ]
            return Seq("", None, join_all(known), any(each.nonempty for each in parts), certain=certain)
        items.extend(part.items)
    return Seq("", tuple(items), nonempty=bool(items), certain=certain)


def _lambda(run: Run, node: ast.Lambda) -> Value:
    return local(run, node)


def local(run: Run, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> Local:
    """A function defined where the run is."""
    return Local(node, run.frame.module, run.frame.scope, run.frame.node, run.frame.owner)


def _named(run: Run, node: ast.NamedExpr) -> Value:
    value = evaluate(run, node.value)
    run.state.scopes[run.frame.scope][node.target.id] = value
    return value


def _call(run: Run, node: ast.Call) -> Value:
    from torchscript_lint.program.instances.calls import call

    return call(run, node)


def _starred(run: Run, node: ast.Starred) -> Value:
    return evaluate(run, node.value)


_HANDLERS: dict[type[ast.expr], Callable[[Run, Any], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Tuple: _tuple,
    ast.List: _list,
    ast.Set: _set,
    ast.Dict: _dict,
    ast.BoolOp: _bool_op,
    ast.UnaryOp: _unary,
    ast.BinOp: _bin_op,
    ast.Compare: _compare,
    ast.IfExp: _if_exp,
    ast.JoinedStr: _joined,
    ast.ListComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _dict_comp,
    ast.Lambda: _lambda,
    ast.NamedExpr: _named,
    ast.Call: _call,
    ast.Starred: _starred,
}
