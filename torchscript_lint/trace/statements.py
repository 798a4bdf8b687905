"""Running the statements of a function: what its names are, which branches the traced run can take."""

from __future__ import annotations

import ast

from torchscript_lint.source.walk import walk
from torchscript_lint.trace.calls import Calls
from torchscript_lint.trace.state import source
from torchscript_lint.trace.values import (
    INPUT,
    NONE,
    UNKNOWN,
    Val,
    data_in,
    element,
    join,
    join_all,
    seq,
)

#: Methods that give what they were given once it is as they make it.
_MOVES = frozenset(
    {
        "to",
        "cuda",
        "cpu",
        "float",
        "half",
        "double",
        "bfloat16",
        "long",
        "int",
        "type",
        "type_as",
        "contiguous",
        "detach",
    }
)
#: How a block ends: it goes on, it raises, it leaves the loop's step, it returns.
NEXT, RAISES, LEAVES, RETURNS = "next", "raises", "leaves", "returns"


class Frame(Calls):
    """One run of one function."""

    def run(self) -> Val:
        """Run the body; what the function returns."""
        end = self.block(self.function.node.body)
        if self.yields:
            return seq(elem=join_all(self.yields))
        if end == NEXT or not self.returns:
            self.returns.append(NONE)
        return join_all(self.returns)

    def block(self, body: list[ast.stmt]) -> str:
        """Run statements until one of them does not go on."""
        for statement in body:
            end = self.statement(statement)
            if end != NEXT:
                return end
        return NEXT

    def statement(self, node: ast.stmt) -> str:
        """Run one statement; how it ends."""
        self.analysis.tick()
        if isinstance(node, ast.Expr):
            self.eval(node.value)
        elif isinstance(node, ast.Assign):
            value = self.eval(node.value)
            for target in node.targets:
                self._assign(target, value, node.value)
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                self._assign(node.target, self.eval(node.value), node.value)
        elif isinstance(node, ast.AugAssign):
            self._augment(node)
        elif isinstance(node, ast.Return):
            value = NONE if node.value is None else self.eval(node.value)
            if len(self.chain) == 1 and self.function.name == "forward" and self.analysis.in_module(self):
                self._output(value, node)
            self.returns.append(value)
            return RETURNS
        elif isinstance(node, ast.Raise):
            return RAISES
        elif isinstance(node, ast.Assert):
            if self.condition(node.test, "`assert`", guard=True) is False:
                return RAISES
            self.refine(node.test, True)
        elif isinstance(node, (ast.Break, ast.Continue)):
            return LEAVES
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    self.env.pop(target.id, None)
        else:
            return self._compound(node)
        return NEXT

    def _output(self, value: Val, node: ast.Return) -> None:
        """What the entry point gives."""
        refused = "Only tensors, lists, tuples of tensors, or dictionary of tensors can be output from traced functions"
        what = ""
        if value.kind == "dict" and value.sure:
            what = "a dict"
            refused = "Encountering a dict at the output of the tracer might cause the trace to be incorrect"
        elif value.kind == "none" and value.sure:
            what = "None"
            refused = "The traced function didn't return any values! Side-effects are not captured in traces"
        elif value.kind == "py" and value.known:
            what = "a Python value"
        elif value.kind == "seq" and value.items is not None:
            if any(item.kind == "none" and item.sure for item in value.items):
                what = "a tuple with None"
            elif any(item.kind == "py" and item.known for item in value.items):
                what = "a tuple with a Python value"
        if what:
            self.report("output-kind", node, what=what, error=refused)

    def _compound(self, node: ast.stmt) -> str:
        if isinstance(node, ast.If):
            return self._if(node)
        if isinstance(node, ast.For):
            return self._for(node)
        if isinstance(node, ast.While):
            return self._while(node)
        if isinstance(node, ast.With):
            for item in node.items:
                value = self.eval(item.context_expr)
                if item.optional_vars is not None:
                    self.bind(item.optional_vars, value if value.kind == "object" else UNKNOWN)
            return self.block(node.body)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            self.env[node.name] = self.analysis.closure(node, self)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for name, value in self.analysis.imported(self.module, node):
                self.env[name] = value
        elif isinstance(node, ast.ClassDef):
            self.env[node.name] = UNKNOWN
        elif isinstance(node, ast.Try) or type(node).__name__ == "TryStar":
            return self._try(node)
        elif type(node).__name__ == "Match":
            return self._match(node)
        return NEXT

    # --- branches --------------------------------------------------------------------------------

    def _if(self, node: ast.If) -> str:
        guard = _only_speaks(node.body) or (bool(node.orelse) and _only_raises(node.orelse))
        truth = self.condition(node.test, "`if`", guard=guard)
        if truth is not None:
            self.refine(node.test, truth)
            return self.block(node.body if truth else node.orelse)
        return self._branches([(node.body, node.test, True), (node.orelse, node.test, False)])

    def _branches(self, branches: list[tuple[list[ast.stmt], ast.expr | None, bool]]) -> str:
        """Run alternatives, each perhaps; afterwards the names are what they are in those that go on."""
        certain, env = self.certain, self.env
        after: list[dict[str, Val]] = []
        ends: list[str] = []
        for body, test, outcome in branches:
            # where the other branch raises, this one is the only one there is
            others = [other for other, _, _ in branches if other is not body]
            self.certain = certain and bool(others) and all(_only_raises(other) for other in others)
            self.env = dict(env)
            if test is not None:
                self.refine(test, outcome)
            ends.append(self.block(body))
            if ends[-1] == NEXT:
                after.append(self.env)
        self.certain = certain and not {RETURNS, LEAVES} & set(ends)
        if not after:
            self.env = env
            self.certain = certain
            return RETURNS if RETURNS in ends else LEAVES if LEAVES in ends else RAISES
        self.env = after[0]
        for other in after[1:]:
            self.env = merge(self.env, other)
        return NEXT

    def _try(self, node: ast.stmt) -> str:
        certain = self.certain
        before = self.analysis.operations
        end = self.block([*getattr(node, "body", []), *(getattr(node, "orelse", []))])
        handlers = [handler for handler in getattr(node, "handlers", []) if not _only_raises(handler.body)]
        if self.analysis.operations > before and handlers:
            self.report("try-branch", node)
        body, body_certain = self.env, self.certain
        self.certain = False
        for handler in getattr(node, "handlers", []):
            self.env = dict(body)
            if handler.name:
                self.env[handler.name] = UNKNOWN
            if self.block(handler.body) == NEXT:
                body = merge(body, self.env) if end == NEXT else self.env
                end = NEXT
        self.env = body
        self.certain = body_certain and certain
        final = self.block(getattr(node, "finalbody", []))
        return final if final != NEXT else end

    def _match(self, node: ast.stmt) -> str:
        self.eval(node.subject)  # type: ignore[attr-defined]
        branches: list[tuple[list[ast.stmt], ast.expr | None, bool]] = [
            (case.body, None, True)
            for case in node.cases  # type: ignore[attr-defined]
        ]
        return self._branches([*branches, ([], None, True)])

    # --- loops -----------------------------------------------------------------------------------

    def _for(self, node: ast.For) -> str:
        over = self.eval(node.iter)
        self.iterate(over, node.iter, "the loop")
        if over.kind == "seq" and over.items == () and over.sure:
            return self.block(node.orelse)
        return self._loop(node, element(over))

    def _while(self, node: ast.While) -> str:
        if self.condition(node.test, "`while`") is False:
            return NEXT
        return self._loop(node, None)

    def _loop(self, node: ast.For | ast.While, step: Val | None) -> str:
        certain = self.certain
        before = dict(self.env)
        returned = len(self.returns)
        end = NEXT
        for _ in range(2):
            if step is not None and isinstance(node, ast.For):
                self.bind(node.target, step)
            elif isinstance(node, ast.While):
                self.condition(node.test, "`while`")
            end = self.block(node.body)
            self.env = merge(before, self.env)
        # `continue` and `break` end with the loop; a return does not
        self.certain = certain and len(self.returns) == returned
        self.block(node.orelse)
        if end == RETURNS and isinstance(node, ast.While) and isinstance(node.test, ast.Constant):
            return RETURNS
        return NEXT

    # --- assignment ------------------------------------------------------------------------------

    def _assign(self, target: ast.expr, value: Val, node: ast.expr) -> None:
        if (
            isinstance(target, (ast.Tuple, ast.List))
            and isinstance(node, (ast.Tuple, ast.List))
            and value.items is not None
            and len(target.elts) == len(value.items) == len(node.elts)
            and not any(isinstance(item, ast.Starred) for item in target.elts)
        ):
            for item, part, part_node in zip(target.elts, value.items, node.elts, strict=True):
                self._assign(item, part, part_node)
            return
        if isinstance(target, ast.Attribute) and self._is_me(target.value):
            self._write_state(target, value, node)
        elif isinstance(target, ast.Attribute) and target.attr == "data":
            held = data_in(value)
            owner = self.eval(target.value)
            if owner.kind == "tensor" and held is not None and INPUT in held.origin:
                self.report("data-write", target, sure=owner.sure and held.sure, expr=source(target))
        self.bind(target, value)

    def _is_me(self, node: ast.expr) -> bool:
        return bool(self.me_name) and isinstance(node, ast.Name) and node.id == self.me_name

    def _write_state(self, target: ast.Attribute, value: Val, node: ast.expr) -> None:
        """An attribute of self is set: the traced model never does."""
        if not self.analysis.in_module(self):
            return
        own = any(
            isinstance(part, ast.Attribute) and part.attr == target.attr and self._is_me(part.value)
            for part in walk(node)
        )
        if own and f"self.{target.attr}" not in self.env:
            self.report("state-update", target, sure=_changes(node, target.attr), name=target.attr)
        elif data_in(value) is not None:
            self.report("state-write", target, name=target.attr)

    def bind(self, target: ast.expr, value: Val) -> None:
        """Assign to a target."""
        if isinstance(target, ast.Name):
            self.env[target.id] = value
        elif isinstance(target, ast.Starred):
            self.bind(target.value, seq(elem=element(value)))
        elif isinstance(target, (ast.Tuple, ast.List)):
            self._unpack(target, value)
        elif isinstance(target, ast.Attribute):
            if self._is_me(target.value):
                self.env[f"self.{target.attr}"] = value
            else:
                self.eval(target.value)
        elif isinstance(target, ast.Subscript):
            base = self.eval(target.value)
            index = self.eval(target.slice)
            if base.kind == "seq" and index.traced and not isinstance(target.slice, ast.Slice):
                self.index_number(index, target, target.slice, "indexing a list")
            if base.kind in ("seq", "dict"):
                self._grow(target.value, base, value)

    def _unpack(self, target: ast.Tuple | ast.List, value: Val) -> None:
        targets = target.elts
        stars = [number for number, item in enumerate(targets) if isinstance(item, ast.Starred)]
        if value.kind == "tensor":
            self.iterate(value, target, "unpacking", sure=False)
        if value.kind == "seq" and value.items is not None:
            items = value.items
            if not stars and len(items) == len(targets):
                for item, part in zip(targets, items, strict=True):
                    self.bind(item, part)
                return
            if stars and len(items) >= len(targets) - 1:
                first, rest = stars[0], len(targets) - stars[0] - 1
                for item, part in zip(targets[:first], items[:first], strict=True):
                    self.bind(item, part)
                self.bind(targets[first], seq(items[first : len(items) - rest]))
                for item, part in zip(targets[first + 1 :], items[len(items) - rest :], strict=True):
                    self.bind(item, part)
                return
        for item in targets:
            if isinstance(item, ast.Starred):
                self.bind(item.value, seq(elem=element(value)))
            else:
                self.bind(item, element(value))

    def _augment(self, node: ast.AugAssign) -> None:
        target = node.target
        before = self.eval(target) if not isinstance(target, ast.Subscript) else element(self.eval(target.value))
        value = self.eval(node.value)
        if before.kind == "seq" and isinstance(node.op, ast.Add):
            self.iterate(value, node.value, "`+=`")
        result = self.arithmetic(before, value, node.op, node)
        if isinstance(target, ast.Attribute) and self._is_me(target.value):
            # `self.buffer += x` is in place where the attribute is a tensor, and then recorded
            if self.analysis.in_module(self) and f"self.{target.attr}" not in self.env and before.kind == "py":
                self.report("state-update", target, name=target.attr)
            self.env[f"self.{target.attr}"] = result
        elif isinstance(target, ast.Name):
            self.env[target.id] = result
        elif isinstance(target, ast.Subscript):
            base = self.eval(target.value)
            if base.kind in ("seq", "dict"):
                self._grow(target.value, base, result)


def _changes(node: ast.expr, name: str) -> bool:
    """Whether a new value of an attribute is certainly another one than the old: it is computed from it.

    A move to another device or dtype, or whatever a function does that may do only that, gives the same the
    second time.
    """
    for part in walk(node):
        operands: list[ast.expr] = []
        if isinstance(part, ast.BinOp):
            operands = [part.left, part.right]
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            torch = isinstance(part.func.value, ast.Name) and part.func.value.id in ("torch", "F")
            method = part.func.attr not in _MOVES
            operands = [*part.args] if torch else [part.func.value] if method else []
            operands += [item for arg in operands if isinstance(arg, (ast.List, ast.Tuple)) for item in arg.elts]
        for operand in operands:
            inner = operand.value if isinstance(operand, ast.Subscript) else operand
            if isinstance(inner, ast.Attribute) and inner.attr == name:
                return True
    return False


def merge(a: dict[str, Val], b: dict[str, Val]) -> dict[str, Val]:
    """What names are after one of two ways; one that only one way binds is what it is there."""
    result = dict(a)
    for name, value in b.items():
        result[name] = join(a[name], value) if name in a else value
    return result


def _only_speaks(body: list[ast.stmt]) -> bool:
    """Whether a block does nothing that a graph could hold: it raises, or it warns."""
    if _only_raises(body):
        return True
    return all(
        isinstance(statement, ast.Pass)
        or (
            isinstance(statement, ast.Expr) and (isinstance(statement.value, ast.Constant) or _is_talk(statement.value))
        )
        for statement in body
    )


def _is_talk(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in ("warn", "warning", "warn_once", "print", "info", "debug", "error", "log")


def _only_raises(body: list[ast.stmt]) -> bool:
    """Whether a block does nothing but raise (it may prepare the message)."""
    if not body or not isinstance(body[-1], ast.Raise):
        return False
    return all(isinstance(statement, (ast.Assign, ast.Expr, ast.AnnAssign, ast.Raise)) for statement in body)
