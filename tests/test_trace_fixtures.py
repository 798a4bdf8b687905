"""Every tracing fixture's targets: our findings, the markers, and what the real tracer does must agree."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from judge.fixtures import FIXTURES, Target, files, folders, read
from judge_trace import Trace, TraceJudge
from test_fixtures import template_pattern

from torchscript_lint.findings import Finding
from torchscript_lint.program import Program
from torchscript_lint.rules import BY_CODE
from torchscript_lint.trace import check

TRACE = [path for folder in folders() if folder.name[2] in "78" for path in files(folder)]
RULES = [rule for rule in BY_CODE.values() if rule.mode == "trace"]


@pytest.fixture(scope="module")
def tracer() -> Iterator[TraceJudge]:
    judge = TraceJudge()
    yield judge
    judge.close()


@cache
def findings(path: Path) -> tuple[Finding, ...]:
    """Our findings in a file, every definition taken as a target."""
    program = Program([str(path)])
    return tuple(check(program, program.load(str(path)), "all"))


_traces: dict[tuple[Path, str], Trace] = {}


def traced(tracer: TraceJudge, path: Path, target: Target) -> Trace:
    """What the tracer does with a target, asked for once."""
    key = (path, target.name)
    if key not in _traces:
        _traces[key] = tracer.trace(path, target.name)
    return _traces[key]


def _targets() -> Iterator[object]:
    for path in TRACE:
        for target in read(path).targets:
            yield pytest.param(path, target, id=f"{path.relative_to(FIXTURES)}::{target.name}")


def reached(path: Path, target: Target) -> frozenset[tuple[int, str]]:
    """The markers in a target and in the private helpers that it names, directly or through others."""
    fixture = read(path)
    lines = fixture.text.splitlines()
    spans = {target.name: target.lines}
    pending = [target.name]
    while pending:
        text = "\n".join(lines[number - 1] for number in spans[pending.pop()])
        for name in re.findall(r"\b_\w+", text):
            place = next((n for n, line in enumerate(lines, 1) if re.match(rf"(def|class) {name}\b", line)), None)
            if place is not None and name not in spans:
                end = next((n for n in range(place, len(lines)) if re.match(r"\S", lines[n])), len(lines))
                spans[name] = frozenset(range(place, end + 1))
                pending.append(name)
    return frozenset((n, code) for n, code in fixture.markers if any(n in span for span in spans.values()))


@pytest.mark.parametrize(("path", "target"), _targets())
def test_target(tracer: TraceJudge, path: Path, target: Target) -> None:
    trace = traced(tracer, path, target)
    markers = reached(path, target)
    warned = {warning.line for warning in trace.warnings if warning.file == str(path)}
    assert warned <= {line for line, _ in markers}, "a warning on a line that is not marked"
    silent = {line for line, code in markers if line not in warned}
    if trace.raised_at is not None:
        assert trace.raised_at in silent, trace.raised
    if silent:
        assert len(silent) == 1, "a silent place needs a target of its own, or nothing shows which one it is"
        assert trace.silent_proof, "the tracer says nothing, and the traced model does what it should"
    if not markers:
        assert not trace.silent_proof, "a twin that does not trace well"
    for line, code in markers:
        words = template_pattern(BY_CODE[code].compiler)
        said = trace.at(path, line) or [trace.silent_proof]
        assert any(words.search(text) for text in said), f"line {line}: the tracer's words are {said!r}"


@pytest.mark.parametrize("path", TRACE, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_file(path: Path) -> None:
    """Nothing is found outside the markers."""
    assert {(finding.row, finding.code) for finding in findings(path)} == set(read(path).markers)


@pytest.mark.parametrize("path", TRACE, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_severity(path: Path) -> None:
    """A marked line of a strong rule is an error where nothing is uncertain."""
    own = path.parent.name.partition("-")[0]
    severities = {finding.severity for finding in findings(path) if finding.code == own}
    assert BY_CODE[own].severity in severities


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.code}-{rule.name}")
def test_rule_is_proven(rule: object) -> None:
    """A rule has marked targets and clean twins of its own."""
    folder = FIXTURES / f"{rule.code}-{rule.name}"  # type: ignore[attr-defined]
    fixtures = [read(path) for path in files(folder)]
    assert any(code == rule.code for f in fixtures for _, code in f.markers), "no marked target"  # type: ignore[attr-defined]
    assert any(not reached(f.path, target) for f in fixtures for target in f.targets), "no clean twin"
