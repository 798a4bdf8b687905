"""Rules about modules whose errors the compiler blames on torch's own files."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from judge import Judge
from judge.fixtures import Target, read
from test_fixtures import template_pattern

from torchscript_lint.findings import Finding
from torchscript_lint.lint import check_source
from torchscript_lint.rules import BY_CODE

BLAMED = Path(__file__).parent / "data" / "torch_blamed.py"
_FOUND = re.compile(r"# found: (TS\d{3})$")


def expected(target: Target) -> dict[int, str]:
    """Line → code of what must be found in a target."""
    lines = BLAMED.read_text().splitlines()
    found = {number: _FOUND.search(line) for number, line in enumerate(lines, 1) if number in target.lines}
    return {number: match[1] for number, match in found.items() if match}


def findings() -> list[Finding]:
    return check_source(BLAMED.read_text(), str(BLAMED), mode="script")


@pytest.mark.parametrize("target", read(BLAMED).targets, ids=lambda target: target.name)
def test_blamed_on_torch(judge: Judge, target: Target) -> None:
    wanted = expected(target)
    found = {finding.row: finding for finding in findings() if finding.row in target.lines}
    assert {row: finding.code for row, finding in found.items()} == wanted
    verdict = judge.script(BLAMED, target.name)
    assert verdict.accepted is not bool(wanted), verdict.message
    for row, code in wanted.items():
        assert template_pattern(BY_CODE[code].compiler).search(verdict.message), verdict.message
        assert found[row].compiler in verdict.message
