"""What the compiler accepts in one configuration is never an error, though another may fail."""

from __future__ import annotations

from pathlib import Path

import pytest
from judge import Judge
from judge.fixtures import Target, read

from torchscript_lint.lint import check_source

CONFIGURATIONS = Path(__file__).parent / "data" / "configurations.py"


@pytest.mark.parametrize("target", read(CONFIGURATIONS).targets, ids=lambda target: target.name)
def test_configuration(judge: Judge, target: Target) -> None:
    found = check_source(CONFIGURATIONS.read_text(), str(CONFIGURATIONS), mode="script")
    inside = [finding for finding in found if finding.row in target.lines]
    assert [finding.severity for finding in inside] == ["warning"]
    verdict = judge.script(CONFIGURATIONS, target.name)
    assert verdict.accepted, verdict.message
