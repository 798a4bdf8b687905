"""Floor 5: what ``torch.jit.trace`` would record of a target, and where that is wrong for other inputs.

A flow analysis over Python's own syntax tree: the tracer runs Python, so all of Python's syntax is followed
here, also what has no form in TorchScript's tree.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from torchscript_lint.findings import Finding
from torchscript_lint.program import Module, Program
from torchscript_lint.trace.analysis import Analysis, Exhausted
from torchscript_lint.trace.entries import entries
from torchscript_lint.trace.sites import check_sites

__all__ = ["check"]

#: Rules that say the same of a place, differing in what its value is taken for.
_GUESSED = frozenset({"TS701", "TS702", "TS703", "TS704", "TS705", "TS713", "TS804", "TS806"})


def check(program: Program, module: Module, targets: str) -> list[Finding]:
    """Everything ``torch.jit.trace`` would mis-record or refuse in a file's targets and what they reach.

    Args:
        program: the program the file belongs to.
        module: the file.
        targets: ``auto`` (``forward`` of modules, functions handed to ``torch.jit.trace``, and call sites)
            or ``all`` (every function and method as if it were traced).

    Returns:
        The findings, sorted; some may lie in other files that a target reaches.
    """
    analysis = Analysis(program)
    with _deep_stack():
        check_sites(analysis, module)
        try:
            for function, me in entries(module, targets):
                with suppress(RecursionError):  # one target nested too deeply leaves the others
                    analysis.enter(function, me)
        except Exhausted:
            pass  # what was found until here holds
    return sorted(settled(list(analysis.findings.values())))


@contextmanager
def _deep_stack() -> Iterator[None]:
    """Room on Python's stack for chains of calls, and for long chains of ``elif``."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, 6000))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def settled(findings: list[Finding]) -> list[Finding]:
    """The findings without guesses about places for which another way there has given certainty."""
    certain = {_place(finding) for finding in findings if finding.severity == "error"}
    return [
        finding
        for finding in findings
        if finding.severity == "error" or finding.code not in _GUESSED or _place(finding) not in certain
    ]


def _place(finding: Finding) -> tuple[str, int, int, int, int]:
    return finding.path, finding.row, finding.column, finding.end_row, finding.end_column
