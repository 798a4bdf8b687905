"""Running the statements of a function: what its names are, which branches the traced run can take."""

from __future__ import annotations

import ast

from torchscript_lint.source.walk import walk
from torchscript_lint.trace.aliases import perhaps_the_same, read_later, written
from torchscript_lint.trace.calls import Calls
from torchscript_lint.trace.forms import changes, gives_names, only_raises, only_speaks
from torchscript_lint.trace.outputs import refused
from torchscript_lint.trace.regions import effect
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
        self._check_aliases(node)
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

    def _check_aliases(self, node: ast.stmt) -> None:
        """A write into what may be another name's tensor, which is read later."""
        for name in written(node):
            other = self.aliases.get(name)
            value = self.env.get(name)
            if not other or value is None or value.kind != "tensor" or INPUT not in value.origin:
                continue
            if read_later(self.function.node, other, node.end_lineno or node.lineno):
                self.report("alias-write", node, expr=name, other=other)
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            target, other = node.targets[0].id, perhaps_the_same(node.value)
            self.aliases.pop(target, None)
            if other and other != target:
                self.aliases[target] = other

    def _output(self, value: Val, node: ast.Return) -> None:
        """What the entry point gives."""
        what, error = refused(value, node.value)
        if what:
            self.report("output-kind", node, what=what, error=error)

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
            return self._region(node)
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

    def _region(self, node: ast.With) -> str:
        """A ``with`` block; some do what the graph does not hold."""
        before = self.analysis.recorded
        end = self.block(node.body)
        if self.analysis.recorded > before:
            for item in node.items:
                rule = effect(self.module, item.context_expr)
                # a function that ends with such a block is made for inference; one may write into buffers
                if rule == "no-grad-region" and (self.function.node.body[-1] is node or not gives_names(node)):
                    continue
                if rule:
                    self.report(rule, node if rule == "try-branch" else item.context_expr)
        return end

    # --- branches --------------------------------------------------------------------------------

    def _if(self, node: ast.If) -> str:
        guard = only_speaks(node.body) or (bool(node.orelse) and only_raises(node.orelse))
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
            self.certain = certain and bool(others) and all(only_raises(other) for other in others)
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
        handlers = [handler for handler in getattr(node, "handlers", []) if not only_raises(handler.body)]
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
            self.report("state-update", target, sure=changes(node, target.attr), name=target.attr)
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


def merge(a: dict[str, Val], b: dict[str, Val]) -> dict[str, Val]:
    """What names are after one of two ways; one that only one way binds is what it is there."""
    result = dict(a)
    for name, value in b.items():
        result[name] = join(a[name], value) if name in a else value
    return result
