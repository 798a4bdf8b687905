"""Floor 5: what ``torch.jit.trace`` would record of a target, and where that is wrong for other inputs.

A flow analysis over Python's own syntax tree: the tracer runs Python, so all of Python's syntax is followed
here, also what has no form in TorchScript's tree.
"""

from __future__ import annotations

from torchscript_lint.findings import Finding, ordered
from torchscript_lint.program import Function, Module, Program
from torchscript_lint.source.failures import deep_stack, described
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
        The findings, sorted; some may lie in other files that a target reaches. A target that torchscript-lint
        itself fails on (by nesting that is too deep) is a finding (TS002) at its first line; the others are
        checked.
    """
    analysis = Analysis(program)
    with deep_stack():
        try:
            check_sites(analysis, module)
        except Exception as error:
            _failed(analysis, module, None, error)
        for function, me in entries(module, targets):
            try:
                analysis.enter(function, me)
            except Exhausted:
                break  # what was found until here holds
            except Exception as error:
                _failed(analysis, module, function, error)
    return ordered(settled(list(analysis.findings.values())))


def _failed(analysis: Analysis, module: Module, target: Function | None, error: Exception) -> None:
    """torchscript-lint itself fails on a target: a finding there, and the others are looked at."""
    where, node = (target.module, target.node) if target is not None else (module, None)
    place = (node.lineno, node.col_offset, node.lineno, node.col_offset + 3) if node is not None else (1, 0, 1, 1)
    name = target.qualname if target is not None else ""
    chain = (name,) if name else ()
    detail = {"error": described(error)}
    analysis.add(where, "internal-error", place, detail, sure=True, target=name, chain=chain)


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
