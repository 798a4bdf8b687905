"""Floor 5: what ``torch.jit.trace`` would record of a target, and where that is wrong for other inputs.

A flow analysis over Python's own syntax tree: the tracer runs Python, so all of Python's syntax is followed here, also
what has no form in TorchScript's tree.
"""

from __future__ import annotations

from torchscript_lint.findings import Finding
from torchscript_lint.program import Module, Program
from torchscript_lint.trace.analysis import Analysis, Exhausted
from torchscript_lint.trace.entries import entries
from torchscript_lint.trace.sites import check_sites

__all__ = ["check"]


def check(program: Program, module: Module, targets: str) -> list[Finding]:
    """Everything ``torch.jit.trace`` would mis-record or refuse in a file's targets and what they reach.

    Args:
        program: the program the file belongs to.
        module: the file.
        targets: ``auto`` (``forward`` of modules, functions handed to ``torch.jit.trace``, and call sites) or ``all``
            (every function and method as if it were traced).

    Returns:
        The findings, sorted; some may lie in other files that a target reaches.
    """
    analysis = Analysis(program)
    check_sites(analysis, module)
    try:
        for function, me in entries(module, targets):
            analysis.enter(function, me)
    except Exhausted:
        pass  # what was found until here holds
    return sorted(analysis.findings.values())
