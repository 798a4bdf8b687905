"""Whatever is valid Python must not make torchscript-lint fail."""

from __future__ import annotations

import ast
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from random_python import Generator

from torchscript_lint import script, trace
from torchscript_lint.program import Program
from torchscript_lint.source.lower import lower_expression, lower_function

#: ``TSLINT_EXAMPLES=20000 pytest tests/test_random.py`` looks longer.
EXAMPLES = int(os.environ.get("TSLINT_EXAMPLES", "150"))
patient = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@patient
@given(st.integers(0, 2**40))
def test_checks_survive(seed: int) -> None:
    text = Generator(seed).module()
    program = Program()
    module = program.add_source("random.py", text)
    for targets in ("auto", "all"):
        found = script.check(program, module, targets) + trace.check(program, module, targets)
        failures = [finding.message for finding in found if finding.code == "TS002"]
        assert not failures, f"{failures[0]}\n{text}"
        assert len({(f.row, f.column, f.code, f.message) for f in found}) == len(found), text
        lines = text.count("\n") + 1
        assert all(1 <= f.row <= f.end_row <= lines and f.column >= 1 for f in found), text


@patient
@given(st.integers(0, 2**40))
def test_lowering_survives(seed: int) -> None:
    text = Generator(seed).module()
    lines = text.splitlines(keepends=True)
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for unused in (False, True):
                lowered = lower_function(node, lines, unused=unused)
                spans = [rejection.span for rejection in lowered.rejections]
                assert spans == sorted(spans)
        elif isinstance(node, ast.expr) and not isinstance(node, (ast.Slice, ast.FormattedValue)):
            lower_expression(node)


def test_generator_reaches_every_node() -> None:
    """A generator that never made some node would prove nothing about it."""
    seen = {type(node).__name__ for seed in range(300) for node in ast.walk(ast.parse(Generator(seed).module()))}
    newer = {"TryStar", "TypeAlias", "TemplateStr", "Interpolation"}
    kinds = {
        kind.__name__
        for base in (ast.stmt, ast.expr)
        for kind in base.__subclasses__()
        if kind.__module__ in ("ast", "_ast")
    }
    old = {"Num", "Str", "Bytes", "NameConstant", "Ellipsis"}  # deprecated spellings of Constant
    rest = {"AsyncFor", "AsyncWith", "Nonlocal"}  # valid in few places only
    assert kinds - newer - old - rest <= seen


@pytest.mark.parametrize("terms", [300, 1200])
def test_deep_nesting_costs_one_target(terms: int) -> None:
    """What is nested too deeply fails alone, as a finding of its own at most."""
    text = "import torch\n@torch.jit.script\ndef deep(x):\n    return " + " + ".join(["x"] * terms)
    text += "\n\n@torch.jit.script\ndef other(x):\n    return {1}\n"
    program = Program()
    found = script.check(program, program.add_source("deep.py", text), "auto")
    assert {finding.code for finding in found if finding.target == "other"} == {"TS132"}
    assert {finding.code for finding in found} <= {"TS002", "TS132"}
    assert all(finding.row == 3 for finding in found if finding.code == "TS002")


@pytest.mark.parametrize("terms", [300, 1200])
def test_deep_nesting_costs_one_traced_target(terms: int) -> None:
    text = "import torch\nfrom torch import nn\n\nclass Deep(nn.Module):\n"
    text += "    def forward(self, x: torch.Tensor):\n        return " + " + ".join(["x"] * terms)
    text += "\n\nclass Other(nn.Module):\n    def forward(self, x: torch.Tensor):\n        return x / len(x)\n"
    program = Program()
    found = trace.check(program, program.add_source("deep.py", text), "auto")
    assert {finding.code for finding in found if finding.target == "Other.forward"} == {"TS707"}
    assert {finding.code for finding in found} <= {"TS002", "TS707"}


def test_long_chains_of_elif() -> None:
    """Each ``elif`` is an ``if`` inside the one before."""
    text = "import torch\nfrom torch import nn\n\n\nclass Net(nn.Module):\n    def forward(self, x, n: int):\n"
    text += "        if n == 0:\n            x = x + 1\n"
    text += "".join(f"        elif n == {n}:\n            x = x + {n}\n" for n in range(1, 300))
    text += "        if x.sum() > 0:\n            y = {1}\n        return x\n"
    program = Program()
    module = program.add_source("long.py", text)
    row = text.count("\n") - 1
    assert [(f.row, f.code) for f in script.check(program, module, "auto")] == [(row, "TS132")]
    assert row - 1 in [finding.row for finding in trace.check(program, module, "auto")]
