"""What expressions are while tracing, and what evaluating them takes out of the tracer."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence

from torchscript_lint.source.walk import children
from torchscript_lint.trace import library
from torchscript_lint.trace.forms import literal_int
from torchscript_lint.trace.records import held
from torchscript_lint.trace.state import State, source
from torchscript_lint.trace.values import (
    AUTOCAST,
    DERIVED,
    DEVICE,
    DTYPE,
    INPUT,
    META,
    MODE,
    NONE,
    PIECES,
    PRESENCE,
    RANDOM,
    RANK,
    UNKNOWN,
    Val,
    constant,
    data_in,
    element,
    join,
    join_all,
    py,
    seq,
    shape,
    size,
    tensor,
)

_SOFT = (
    (RANK, "rank-branch"),
    (META, "metadata-branch"),
    (DEVICE, "metadata-branch"),
    (MODE, "mode-branch"),
    (AUTOCAST, "autocast-branch"),
    (PRESENCE, "presence-branch"),
)
_BOOLEAN = {ast.And: "`and`", ast.Or: "`or`"}


class Expressions(State):
    """Evaluation of expressions."""

    def eval(self, node: ast.expr) -> Val:
        """What an expression is."""
        self.analysis.tick()
        method = _EVAL.get(type(node))
        if method is None:
            for child in children(node):
                if isinstance(child, ast.expr):
                    self.eval(child)
            return UNKNOWN
        return method(self, node)

    # --- conditions ------------------------------------------------------------------------------

    def condition(self, node: ast.expr, where: str, *, guard: bool = False) -> bool | None:
        """Evaluate an expression whose truth decides something; its truth value where that is settled."""
        if isinstance(node, ast.BoolOp):
            stop = isinstance(node.op, ast.Or)
            certain, settled = self.certain, True
            for operand in node.values:
                truth = self.condition(operand, where, guard=guard)
                if truth is stop:
                    self.certain = certain
                    return stop if settled else None
                if truth is None:
                    settled = False
                    self.certain = False
            self.certain = certain
            return not stop if settled else None
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            truth = self.condition(node.operand, where, guard=guard)
            return None if truth is None else not truth
        if isinstance(node, ast.Compare):
            return self.truth(self._compare(node, where, guard), node, where, guard=guard)
        return self.truth(self.eval(node), node, where, guard=guard)

    def truth(self, value: Val, node: ast.expr, where: str, *, guard: bool = False) -> bool | None:
        """The truth value of a value that decides something."""
        if value.traced:
            self.boolean(value, node, where, guard=guard)
        elif value.kind == "py" and not value.known and not guard:
            for origin, rule in _SOFT:
                if origin in value.origin:
                    self.report(rule, node, where=where, expr=source(node))
                    break
        return value.truth

    # --- simple ----------------------------------------------------------------------------------

    def _constant(self, node: ast.Constant) -> Val:
        return py() if node.value is Ellipsis else constant(node.value)

    def _name(self, node: ast.Name) -> Val:
        if node.id in self.env:
            return self.env[node.id]
        return self.analysis.global_name(self.module, node.id)

    def _joined(self, node: ast.JoinedStr) -> Val:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                self.text(self.eval(part.value), part.value)
        return py()

    def text(self, value: Val, node: ast.expr) -> None:
        """A value becomes text."""
        held = data_in(value)
        if held is not None and INPUT in held.origin:
            self.report("tensor-text", node, expr=source(node))

    def _starred(self, node: ast.Starred) -> Val:
        return self.eval(node.value)

    def _lambda(self, node: ast.Lambda) -> Val:
        return self.analysis.closure(node, self)

    def _named(self, node: ast.NamedExpr) -> Val:
        value = self.eval(node.value)
        self.env[node.target.id] = value
        return value

    def _await(self, node: ast.Await) -> Val:
        self.eval(node.value)
        return UNKNOWN

    def _yield(self, node: ast.Yield) -> Val:
        self.yields.append(NONE if node.value is None else self.eval(node.value))
        return UNKNOWN

    def _yield_from(self, node: ast.YieldFrom) -> Val:
        self.yields.append(element(self.eval(node.value)))
        return UNKNOWN

    def _slice(self, node: ast.Slice) -> Val:
        parts = [self.eval(part) for part in (node.lower, node.upper, node.step) if part is not None]
        data = next((part for part in parts if part.traced), None)
        return seq(elem=data) if data is not None else py()

    # --- displays --------------------------------------------------------------------------------

    def _display(self, node: ast.List | ast.Tuple | ast.Set) -> Val:
        return self._sequence(node.elts)

    def _sequence(self, nodes: Sequence[ast.expr]) -> Val:
        items: list[Val] = []
        open_ended = False
        for node in nodes:
            value = self.eval(node)
            if not isinstance(node, ast.Starred):
                items.append(value)
            elif value.kind == "seq" and value.items is not None:
                items.extend(value.items)
            else:
                self.iterate(value, node.value, "`*`")
                items.append(element(value))
                open_ended = True
        if open_ended:
            return seq(elem=join_all(items))
        return seq(items)

    def _dict(self, node: ast.Dict) -> Val:
        values: list[Val] = []
        for key, value in zip(node.keys, node.values, strict=True):
            found = self.eval(value)
            if key is None:
                found = element(found)
            else:
                self.eval(key)
            values.append(found)
        return Val("dict", elem=join_all(values) if values else None)

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp) -> Val:
        saved = dict(self.env)
        certain = self.certain
        pieces: frozenset[str] = frozenset()
        known: int | None = None
        for number, generator in enumerate(node.generators):
            over = self.eval(generator.iter)
            # the line is that on which the comprehension starts
            self.iterate(over, node, "the comprehension", shown=generator.iter)
            pieces |= over.origin & {PIECES}
            known = len(over.items) if number == 0 and over.items is not None else None
            self.bind(generator.target, element(over))
            for test in generator.ifs:
                self.condition(test, "`if`")
                known = None
        if isinstance(node, ast.DictComp):
            self.eval(node.key)
            result = Val("dict", elem=self.eval(node.value))
        else:
            elem = self.eval(node.elt)
            many = known is not None and len(node.generators) == 1 and known <= 12
            result = seq([elem] * known if many and known is not None else None, elem, pieces)
        self.certain = certain
        self.env = saved
        return result

    # --- operators -------------------------------------------------------------------------------

    def _bin_op(self, node: ast.BinOp) -> Val:
        return self.arithmetic(self.eval(node.left), self.eval(node.right), node.op, node)

    def arithmetic(self, left: Val, right: Val, op: ast.operator, node: ast.expr | ast.stmt) -> Val:
        """What an operator gives."""
        if left.kind in ("seq", "shape") or right.kind in ("seq", "shape"):
            return self._sequence_arithmetic(left, right, op, node)
        if isinstance(op, ast.Mod) and left.known and isinstance(left.const, str):
            return py()
        if left.traced or right.traced:
            self.loose((left, right), node)
            parts = [part for part in (left, right) if part.traced]
            # what is a tensor perhaps is most likely a number beside a size
            kind = tensor if any(part.kind == "tensor" for part in parts if part.sure or len(parts) < 2) else size
            # with a size on one side the result is a tensor for certain, whatever the other side is
            data = [part for part in parts if part.sure] or parts
            origin = frozenset[str]().union(*(part.origin for part in parts))
            self.analysis.recorded += INPUT in origin
            return kind(origin, sure=any(part.sure for part in data))
        if left.kind == "unknown" or right.kind == "unknown":
            return Val("unknown", left.origin & right.origin, False)
        if isinstance(left.const, int) and isinstance(right.const, int) and left.known and right.known:
            if isinstance(op, ast.Add):
                return constant(left.const + right.const)
            if isinstance(op, ast.Sub):
                return constant(left.const - right.const)
        return py(left.origin | right.origin)

    def _sequence_arithmetic(self, left: Val, right: Val, op: ast.operator, node: ast.expr | ast.stmt) -> Val:
        for one, other in ((left, right), (right, left)):
            if one.kind in ("seq", "shape") and other.traced:
                if isinstance(op, ast.Mult) and other.kind == "size" and isinstance(node, ast.expr):
                    self.index_number(other, node, node, "repeating a list")
                    return seq(elem=element(one))
                data = data_in(one)
                return tensor(other.origin | (data.origin if data else frozenset()), sure=other.sure)
        if isinstance(op, ast.Add):
            if left.kind == "shape" and right.kind == "shape":
                return join(left, right)
            if left.items is not None and right.items is not None:
                return seq([*left.items, *right.items])
            return seq(elem=join(element(left), element(right)), origin=left.origin | right.origin)
        if isinstance(op, ast.Mult):
            one, other = (left, right) if left.kind in ("seq", "shape") else (right, left)
            if (
                one.items is not None
                and other.known
                and isinstance(other.const, int)
                and len(one.items) * other.const <= 12
            ):
                return seq(one.items * max(other.const, 0))
            return seq(elem=element(one))
        return UNKNOWN

    def _unary(self, node: ast.UnaryOp) -> Val:
        if isinstance(node.op, ast.Not):
            truth = self.condition(node.operand, "`not`")
            return py({DERIVED}) if truth is None else constant(not truth)
        value = self.eval(node.operand)
        if value.known and isinstance(value.const, (int, float)) and isinstance(node.op, ast.USub):
            return constant(-value.const)
        return value if value.traced or value.kind == "unknown" else py(value.origin)

    def _bool_op(self, node: ast.BoolOp) -> Val:
        where = _BOOLEAN[type(node.op)]
        stop = isinstance(node.op, ast.Or)
        values: list[Val] = []
        certain = self.certain
        for operand in node.values[:-1]:
            value = self.eval(operand)
            truth = value.truth
            if value.traced:
                # the jump has the line of the whole expression
                self.boolean(value, node, where, shown=operand)
            else:
                self.truth(value, operand, where)
            if truth is stop:
                self.certain = certain
                return join_all([*values, value])
            if truth is None:
                values.append(value)
                self.certain = False
        values.append(self.eval(node.values[-1]))
        self.certain = certain
        return join_all(values)

    def _if_exp(self, node: ast.IfExp) -> Val:
        truth = self.condition(node.test, "the conditional expression")
        if truth is not None:
            return self.eval(node.body if truth else node.orelse)
        certain, self.certain = self.certain, False
        env = dict(self.env)
        self.refine(node.test, True)
        body = self.eval(node.body)
        self.env = dict(env)
        self.refine(node.test, False)
        orelse = self.eval(node.orelse)
        self.env = env
        self.certain = certain
        return join(body, orelse)

    def refine(self, test: ast.expr, outcome: bool) -> None:
        """Make use of what the outcome of a test says about a name."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            self.refine(test.operand, not outcome)
        elif isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) is outcome:
            for operand in test.values:
                self.refine(operand, outcome)
        elif isinstance(test, ast.Call) and test.args and isinstance(test.args[0], ast.Name):
            name = test.args[0].id
            value = self.env.get(name)
            callee = self.module.dotted(test.func)
            kind = test.args[1] if callee == "isinstance" and len(test.args) == 2 else None
            about = (
                "torch.Tensor" if callee == "torch.is_tensor" else self.module.dotted(kind) if kind is not None else ""
            )
            if value is not None and about in ("torch.Tensor", "torch._tensor.Tensor"):
                if outcome:
                    origin = value.origin if value.traced else frozenset()
                    self.env[name] = Val("tensor", origin) if value.kind != "size" else value
                elif not (value.traced and value.sure):
                    self.env[name] = UNKNOWN
            elif value is not None and kind is not None and outcome and value.traced and not value.sure:
                self.env[name] = UNKNOWN  # of another class: no tensor then
        elif isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.left, ast.Name):
            other = test.comparators[0]
            if isinstance(other, ast.Constant) and other.value is None:
                absent = isinstance(test.ops[0], (ast.Is, ast.Eq)) is outcome
                if absent and test.left.id in self.env and not self.env[test.left.id].sure:
                    self.env[test.left.id] = NONE

    def _compare(self, node: ast.Compare, where: str = "the comparison", guard: bool = False) -> Val:
        left = self.eval(node.left)
        result: Val | None = None
        previous = node.left
        for number, (op, right_node) in enumerate(zip(node.ops, node.comparators, strict=True)):
            right = self.eval(right_node)
            one = self._compare_one(node, op, left, right, previous, where, guard)
            if number + 1 < len(node.ops) and one.traced:
                self.boolean(one, node, "the chained comparison", guard=guard)
            result = one if result is None else join(result, one)
            left, previous = right, right_node
        return result if result is not None else UNKNOWN

    def _compare_one(
        self,
        node: ast.Compare,
        op: ast.cmpop,
        left: Val,
        right: Val,
        left_node: ast.expr,
        where: str,
        guard: bool,
    ) -> Val:
        if isinstance(op, (ast.Is, ast.IsNot)):
            return self._identity(op, left, right)
        if isinstance(op, (ast.In, ast.NotIn)):
            return self._membership(node, left, right, where, guard)
        if left.traced or right.traced:
            if (left.known and isinstance(left.const, str)) or (right.known and isinstance(right.const, str)):
                return constant(isinstance(op, ast.NotEq))
            return self.arithmetic(left, right, ast.Sub(), node)
        if {"shape", "seq"} & {left.kind, right.kind}:
            if isinstance(op, (ast.Eq, ast.NotEq)) and {left.kind, right.kind} & {"none"}:
                return constant(isinstance(op, ast.NotEq))
            data = [part for part in (data_in(left), data_in(right)) if part is not None]
            if (data and not ({"py"} & {left.kind, right.kind})) or "shape" in (left.kind, right.kind):
                first = next((part for part in data if INPUT in part.origin), data[0])
                sure = left.kind in ("shape", "seq") and right.kind in ("shape", "seq") and first.sure
                lengths = [len(part.items) for part in (left, right) if part.items is not None]
                if len(lengths) == 2 and lengths[0] != lengths[1]:
                    return constant(isinstance(op, ast.NotEq))
                value = Val(first.kind, first.origin, sure and not _empty(left) and not _empty(right))
                self.boolean(value, node, where, guard=guard)
                return py({DERIVED})
            return py()
        if left.known and right.known:
            if isinstance(op, ast.Eq):
                return constant(left.const == right.const)
            if isinstance(op, ast.NotEq):
                return constant(left.const != right.const)
        if "unknown" in (left.kind, right.kind):
            return UNKNOWN
        return py(left.origin | right.origin)

    def _identity(self, op: ast.cmpop, left: Val, right: Val) -> Val:
        same = isinstance(op, ast.Is)
        for one, other in ((left, right), (right, left)):
            if one.kind == "none":
                if other.kind == "none":
                    return constant(same)
                if other.sure and other.kind not in ("unknown", "py"):
                    return constant(not same)
                if other.known:
                    return constant(not same)
                if other.kind in ("tensor", "seq", "dict") and INPUT in other.origin:
                    return py({PRESENCE})
                return py()
        if left.traced and right.known:
            return constant(not same)
        return py(left.origin | right.origin) if not (left.traced or right.traced) else py()

    def _membership(self, node: ast.Compare, left: Val, right: Val, where: str, guard: bool) -> Val:
        if right.kind in ("seq", "shape"):
            data = left if left.traced else data_in(right)
            if data is not None and not _empty(right):
                if not left.traced and left.known and isinstance(left.const, str):
                    return py()
                sure = data.sure and left.kind != "unknown"
                self.boolean(Val(data.kind, data.origin, sure), node, where, guard=guard, shown=node)
                return py({DERIVED})
            return py(left.origin | right.origin)
        if right.kind == "tensor":
            # Tensor.__contains__ (torch/_tensor.py) calls item() itself: the warning names that file
            if INPUT in right.origin:
                self.report("silent-comparison", node, sure=right.sure, expr=source(node))
            return py({DERIVED})
        if right.kind == "dict" and INPUT in right.origin:
            return py({PRESENCE})
        if left.traced and right.kind in ("unknown", "py") and not (right.kind == "py" and right.known):
            self.boolean(Val(left.kind, left.origin, False), node, where, guard=guard)
            return py({DERIVED})
        return py(left.origin)

    # --- subscripts ------------------------------------------------------------------------------

    def _subscript(self, node: ast.Subscript) -> Val:
        base = self.eval(node.value)
        if isinstance(node.value, ast.Name) and base.kind == "def":
            return base  # a generic type
        index = self.eval(node.slice)
        if base.kind == "tensor":
            return Val("tensor", base.origin | ((data_in(index) or UNKNOWN).origin & {INPUT, RANDOM}), base.sure)
        if base.kind == "size":
            return base
        if base.kind == "shape":
            if isinstance(node.slice, ast.Slice):
                return base
            if index.traced:
                self.index_number(index, node, node.slice, "indexing")
            return size(base.origin, sure=base.sure)
        if base.kind == "seq":
            return self._item(base, index, node)
        if base.kind == "dict":
            return element(base)
        if base.kind == "py":
            if index.traced and not base.known:
                self.index_number(Val(index.kind, index.origin, False), node, node.slice, "indexing")
            return py(base.origin)
        if base.kind in ("unknown", "object"):
            return Val("unknown", base.origin, False)
        return UNKNOWN

    def _item(self, base: Val, index: Val, node: ast.Subscript) -> Val:
        if isinstance(node.slice, ast.Slice):
            if base.items is not None:
                bounds = [node.slice.lower, node.slice.upper, node.slice.step]
                values = [literal_int(bound) for bound in bounds]
                if all(bound is None or value is not None for bound, value in zip(bounds, values, strict=True)):
                    return seq(base.items[slice(*values)], origin=base.origin)
            return seq(elem=element(base), origin=base.origin)
        if index.traced:
            self.index_number(index, node, node.slice, "indexing a list")
        if base.items is not None and index.known and isinstance(index.const, int):
            if -len(base.items) <= index.const < len(base.items):
                return base.items[index.const]
            return UNKNOWN
        return element(base)

    def index_number(self, value: Val, node: ast.expr, shown: ast.expr, where: str) -> None:
        """A tensor or size is taken as a Python int through ``__index__``, which does not warn."""
        if INPUT in value.origin or RANDOM in value.origin:
            self.report("size-as-index", node, sure=value.sure, where=where, expr=source(shown))

    # --- iteration -------------------------------------------------------------------------------

    def iterate(
        self, value: Val, node: ast.expr, where: str, *, sure: bool = True, shown: ast.expr | None = None
    ) -> None:
        """Something goes through the elements of a value."""
        text = source(shown if shown is not None else node)
        if value.kind == "tensor":
            if not value.sure:
                return  # it may as well be a list of tensors
            if INPUT in value.origin or RANDOM in value.origin:
                self.report("tensor-iteration", node, sure=sure, where=where, expr=text)
            else:
                self.report("state-condition", node, where=where, expr=text, kind="list of rows")
        elif value.kind == "seq" and PIECES in value.origin:
            self.report("pieces-iteration", node, where=where, expr=text)

    # --- attributes ------------------------------------------------------------------------------

    def _attribute(self, node: ast.Attribute) -> Val:
        if self.me_name and isinstance(node.value, ast.Name) and node.value.id == self.me_name:
            known = self.env.get(f"self.{node.attr}")
            if known is not None:
                return known
        base = self.eval(node.value)
        if node.attr == "data" and base.kind == "tensor" and INPUT in base.origin and base.sure:
            self.report("data-read", node, expr=source(node))
        return self.member(base, node.attr)

    def member(self, base: Val, name: str) -> Val:
        """What ``base.name`` is."""
        if base.traced and not base.sure and not library.is_tensor_attribute(name):
            return UNKNOWN  # whatever it is, it is no tensor
        if base.traced:
            if name == "shape":
                return shape(base.origin, sure=base.sure)
            if name == "ndim":
                return py({RANK} if INPUT in base.origin else ())
            if name == "device":
                return py({DEVICE} if INPUT in base.origin else ())
            if name == "dtype":
                return py({META, DTYPE} if INPUT in base.origin else ())
            if name in library.META_ATTRIBUTES:
                return py({META} if INPUT in base.origin else ())
            if name == "data":
                return tensor(sure=base.sure)  # a constant
            if name in ("T", "mT", "H", "mH", "grad", "real", "imag"):
                return Val("tensor", base.origin, base.sure)
            return Val("bound", const=name, owner=base)
        if base.kind == "py":
            return py(base.origin)
        if base.kind in ("seq", "dict", "shape", "closure", "none"):
            field = held(base, name)
            if field is not None:
                return field
            if base.kind == "seq" and name not in _LIST_METHODS and data_in(base) is not None:
                return element(base)  # a named tuple of torch
            return Val("bound", const=name, owner=base)
        if base.kind in ("object", "super"):
            return self.analysis.attribute(base, name, self)
        if base.kind == "def":
            return self.analysis.wrap(self.module.program.attribute(base.ref, name))
        if base.kind == "unknown":
            return Val("bound", base.origin, False, const=name, owner=base)
        return UNKNOWN

    def bind(self, target: ast.expr, value: Val) -> None:
        """Assign to a target; the statements know how."""
        raise NotImplementedError

    def _call(self, node: ast.Call) -> Val:
        raise NotImplementedError


_LIST_METHODS = frozenset(dir(list)) | {"add", "update", "union", "popleft", "appendleft", "discard"}


def _empty(value: Val) -> bool:
    return value.kind == "seq" and value.items == ()


_EVAL: dict[type[ast.expr], Callable[..., Val]] = {
    ast.Constant: Expressions._constant,
    ast.Name: Expressions._name,
    ast.JoinedStr: Expressions._joined,
    ast.Starred: Expressions._starred,
    ast.Lambda: Expressions._lambda,
    ast.NamedExpr: Expressions._named,
    ast.Await: Expressions._await,
    ast.Yield: Expressions._yield,
    ast.YieldFrom: Expressions._yield_from,
    ast.Slice: Expressions._slice,
    ast.List: Expressions._display,
    ast.Tuple: Expressions._display,
    ast.Set: Expressions._display,
    ast.Dict: Expressions._dict,
    ast.ListComp: Expressions._comprehension,
    ast.GeneratorExp: Expressions._comprehension,
    ast.SetComp: Expressions._comprehension,
    ast.DictComp: Expressions._comprehension,
    ast.BinOp: Expressions._bin_op,
    ast.UnaryOp: Expressions._unary,
    ast.BoolOp: Expressions._bool_op,
    ast.IfExp: Expressions._if_exp,
    ast.Compare: Expressions._compare,
    ast.Subscript: Expressions._subscript,
    ast.Attribute: Expressions._attribute,
    ast.Call: lambda self, node: self._call(node),
}
