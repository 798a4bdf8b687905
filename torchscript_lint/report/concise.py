"""One line for each finding: ``path:row:column: CODE message``."""

from __future__ import annotations

from collections.abc import Iterable

from torchscript_lint.findings import Finding
from torchscript_lint.report.text import one_line, paint


def render(findings: Iterable[Finding], *, color: bool = False) -> str:
    """The findings as lines, each ended; nothing where there are none.

    Args:
        findings: in the order in which they are to be shown.
        color: whether to use a terminal's colours.
    """
    return "".join(
        f"{paint(one_line(finding.path), 'bold', color)}:{finding.row}:{finding.column}: "
        f"{paint(finding.code, finding.severity, color)} {one_line(finding.message)}\n"
        for finding in findings
    )
