"""What one run of a function knows, and how it speaks: the ground of the flow analysis."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from torchscript_lint.trace.loose import LOOSE
from torchscript_lint.trace.values import INPUT, RANDOM, Val

if TYPE_CHECKING:
    from torchscript_lint.program import Function, Module
    from torchscript_lint.trace.analysis import Analysis

Span = tuple[int, int, int, int]
_LONGEST = 60


def source(node: ast.AST) -> str:
    """The source of an expression, shortened, on one line."""
    text = " ".join(ast.unparse(node).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 3] + "..."


def span(node: ast.expr | ast.stmt) -> Span:
    """The span of an expression, from the line that Python's frame has while it is computed.

    A call of a method has the line of the method's name, everything else the line on which it starts
    (CPython's ``compile.c``: ``update_start_location_to_match_attr``).
    """
    line, col = node.lineno, node.col_offset
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        func = node.func
        if func.end_lineno is not None and func.end_lineno != line and func.end_col_offset is not None:
            line, col = func.end_lineno, func.end_col_offset - len(func.attr.encode())
    return line, col, node.end_lineno or line, node.end_col_offset or col


class State:
    """One run of one function.

    Attributes:
        analysis: what all runs share.
        function: whose body runs.
        module: the file it stands in.
        env: what its names are; ``self.x`` for attributes of self that the run has set.
        me: the object its first parameter stands for, in a method.
        certain: whether the place is reached in every configuration.
        returns: what it has returned so far.
        yields: what it has yielded so far.
        aliases: names that may stand for another name's tensor, or for a copy of it.
        chain: qualified names from the entry point to this function.
    """

    def __init__(
        self,
        analysis: Analysis,
        function: Function,
        env: dict[str, Val],
        *,
        me: Val | None,
        certain: bool,
        chain: tuple[str, ...],
    ) -> None:
        self.analysis = analysis
        self.function = function
        self.module: Module = function.module
        self.env = env
        self.me = me
        self.certain = certain
        self.chain = chain
        self.returns: list[Val] = []
        self.yields: list[Val] = []
        self.aliases: dict[str, str] = {}
        self.me_name = function.node.args.args[0].arg if me is not None and function.node.args.args else ""

    def report(self, rule: str, node: ast.expr | ast.stmt, *, sure: bool = True, **detail: str) -> None:
        """A finding at an expression; of severity ``warning`` where it does not hold for certain."""
        self.analysis.add(
            self.module,
            rule,
            span(node),
            detail,
            sure=sure and self.certain,
            target=self.function.qualname,
            chain=self.chain,
        )

    def number(self, value: Val, node: ast.expr, shown: ast.expr, where: str, kind: str, *, sure: bool = True) -> None:
        """A tensor or size becomes a Python number of this kind."""
        sure = sure and value.sure
        if INPUT in value.origin:
            rule = "size-to-number" if value.kind == "size" else "tensor-to-number"
        else:
            rule = "random-condition" if RANDOM in value.origin else "state-condition"
        self.report(rule, node, sure=sure, where=where, expr=source(shown), kind=kind)

    def boolean(
        self, value: Val, node: ast.expr, where: str, *, guard: bool = False, shown: ast.expr | None = None
    ) -> None:
        """A tensor or size becomes a Python bool that decides something."""
        text = source(shown if shown is not None else node)
        if INPUT in value.origin:
            if value.kind == "size":
                rule = "size-guard" if guard else "size-condition"
            else:
                rule = "tensor-guard" if guard else "tensor-condition"
            self.report(rule, node, sure=value.sure, where=where, expr=text)
        elif RANDOM in value.origin:
            self.report("random-condition", node, sure=value.sure, where=where, expr=text, kind="boolean")
        else:
            self.report("state-condition", node, where=where, expr=text, kind="boolean")

    def loose(self, values: Iterable[Val], node: ast.expr | ast.stmt) -> None:
        """Operands of an operator: a tensor that needs grad and that the module does not own ends the tracing."""
        if any(value.kind == "tensor" and value.const == LOOSE for value in values):
            self.report("unregistered-module", node, expr=source(node))
