"""What tracing one module class would mis-record: the flow analysis, run from its forward alone."""

from __future__ import annotations

import ast

from torchscript_lint.findings import Finding
from torchscript_lint.program import Class, External, Function, Program
from torchscript_lint.program.classes import lineage, method
from torchscript_lint.trace import settled
from torchscript_lint.trace.analysis import Analysis, Exhausted
from torchscript_lint.trace.state import State
from torchscript_lint.trace.values import Val


class Recording(Analysis):
    """An analysis that remembers which functions it has followed."""

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self.followed: set[Function] = set()

    def call(
        self,
        function: Function,
        args: list[Val],
        keywords: dict[str, Val],
        state: State,
        *,
        me: Val | None = None,
    ) -> Val:
        self.followed.add(function)
        return super().call(function, args, keywords, state, me=me)


class Traced:
    """What tracing an instance gives, seen from its own forward.

    Args:
        program: the program.
        cls: the class.

    Attributes:
        forward: its forward, if it stands in the program.
        inherited: whether a base class outside the program may have a forward.
        findings: what was found, sorted.
        followed: the functions whose calls were followed.
        exhausted: whether the analysis gave up before its end.
    """

    def __init__(self, program: Program, cls: Class) -> None:
        found = method(cls, "forward")
        if not isinstance(found, Function):
            found = _assigned(cls) or found
        self.forward = found if isinstance(found, Function) else None
        self.inherited = isinstance(found, External) and not found.name.endswith(".Module.forward")
        self.exhausted = False
        analysis = Recording(program)
        if self.forward is not None:
            try:
                analysis.enter(self.forward, Val("object", ref=cls))
            except Exhausted:
                self.exhausted = True
        self.findings: list[Finding] = sorted(settled(list(analysis.findings.values())))
        self.followed = frozenset(analysis.followed)


def _assigned(cls: Class) -> Function | None:
    """``forward = _forward`` in a class body."""
    for base in lineage(cls).classes:
        if isinstance(base, Class) and "forward" in base.assigns:
            value = base.assigns["forward"][1]
            return base.functions.get(value.id) if isinstance(value, ast.Name) else None
    return None
