"""A JSON list, one object for each finding, with Ruff's names for the fields."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable

from torchscript_lint.findings import Finding
from torchscript_lint.report.rule import url


def as_object(finding: Finding) -> dict[str, object]:
    """The finding as what is written. Rows and columns are 1-based; the end is exclusive."""
    return {
        "code": finding.code,
        "name": finding.name,
        "message": finding.message,
        "severity": finding.severity,
        "mode": finding.mode,
        "filename": os.path.abspath(finding.path),
        "location": {"row": finding.row, "column": finding.column},
        "end_location": {"row": finding.end_row, "column": finding.end_column},
        "target": finding.target,
        "chain": list(finding.chain),
        "entries": list(finding.entries),
        "fix": None,
        "url": url(finding.code),
    }


def render(findings: Iterable[Finding]) -> str:
    """The list, as ASCII, so that no encoding of standard output can break it."""
    return json.dumps([as_object(finding) for finding in findings], indent=2) + "\n"
