"""Every fixture's targets: our findings, the markers, and the real compiler's verdict and line must agree."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from judge import Judge, Verdict
from judge.fixtures import FIXTURES, Target, files, folders, read

from torchscript_lint.findings import Finding
from torchscript_lint.lint import check_source
from torchscript_lint.rules import ALL, BY_CODE, Rule

# TS7xx and TS8xx are about torch.jit.trace and proven by its own test.
SCRIPT = [path for folder in folders() if folder.name[2] not in "78" for path in files(folder)]


def _targets() -> Iterator[object]:
    for path in SCRIPT:
        for target in read(path).targets:
            yield pytest.param(path, target, id=f"{path.relative_to(FIXTURES)}::{target.name}")


@cache
def findings(path: Path) -> tuple[Finding, ...]:
    """Our findings in a file, every definition taken as a target; those about saving only where that is asked."""
    found = check_source(read(path).text, str(path), mode="script", targets="all")
    return tuple(finding for finding in found if BY_CODE[finding.code].proof != "save" or saves(path))


def saves(path: Path) -> bool:
    """Whether a fixture is of a rule about saving."""
    return BY_CODE[path.parent.name.partition("-")[0]].proof == "save"


@cache
def _verdicts(judge: Judge) -> dict[tuple[Path, str], Verdict]:
    return {}


def ask(judge: Judge, path: Path, target: Target) -> Verdict:
    """The compiler's verdict, asked for once."""
    known = _verdicts(judge)
    if (path, target.name) not in known:
        known[path, target.name] = judge.script(path, target.name, save=saves(path))
    return known[path, target.name]


def template_pattern(template: str) -> re.Pattern[str]:
    """What a message template can look like once filled."""
    pieces = re.split(r"(\{\{|\}\}|\{\w+\})", template)
    literal = {"{{": r"\{", "}}": r"\}"}
    return re.compile(
        "".join(
            literal.get(piece, ".*?") if number % 2 else re.sub(r"(?:\\?\s)+", r"\\s+", re.escape(piece))
            for number, piece in enumerate(pieces)
        ),
        re.DOTALL,
    )


@pytest.mark.parametrize(("path", "target"), _targets())
def test_target(judge: Judge, path: Path, target: Target) -> None:
    fixture = read(path)
    expected = fixture.inside(target)
    assert len({line for line, _ in expected}) <= 1, "one marked line each: the compiler stops at the first"
    found = {(f.row, f.code) for f in findings(path) if f.row in target.lines}
    verdict = ask(judge, path, target)
    if expected:
        assert not verdict.accepted, "the compiler accepts this target"
        if verdict.line is not None:
            assert verdict.file == str(path)
            assert {verdict.line} == {line for line, _ in expected}, verdict.message
    elif not verdict.accepted:
        # Blame may lie in a marked helper that the target reaches, never on a line that isn't marked.
        marked = {line for line, _ in fixture.markers}
        no_place = verdict.line is None and fixture.helpers()
        assert no_place or verdict.line in marked, f"a twin the compiler rejects: {verdict.message}"
    assert found == expected, f"the compiler says: {verdict.message or 'accepted'}"


@pytest.mark.parametrize("path", SCRIPT, ids=lambda path: str(path.relative_to(FIXTURES)))
def test_file(judge: Judge, path: Path) -> None:
    """Nothing is found outside the markers, and no marker goes without proof and without its message."""
    fixture = read(path)
    assert {(f.row, f.code) for f in findings(path)} == set(fixture.markers)
    blamed = defaultdict(list)
    for target in fixture.targets:
        verdict = ask(judge, path, target)
        if not verdict.accepted:
            lines = {verdict.line}
            if verdict.line is None:
                lines = {line for line, _ in fixture.inside(target) or fixture.helpers()}
            for line in lines:
                blamed[line].append(verdict)
    for line, code in sorted(fixture.markers):
        assert blamed[line], f"line {line}: no target proves this marker"
        said = blamed[line][0].message
        words = template_pattern(BY_CODE[code].compiler)
        assert any(words.search(v.message) for v in blamed[line]), f"line {line}: the compiler says {said!r}"
    for finding in findings(path):
        if finding.code[2] in "12":  # the front end's words are few: ours must be filled in correctly
            ours = " ".join(finding.compiler.split())
            texts = [" ".join(v.message.split()) for v in blamed[finding.row]]
            assert any(ours in text for text in texts), f"line {finding.row}: {ours!r} is not in {texts}"


def test_folders_belong_to_rules() -> None:
    for folder in folders():
        code, _, name = folder.name.partition("-")
        assert code in BY_CODE, folder.name
        assert BY_CODE[code].name == name
        assert files(folder) or list(folder.glob("*.py")), f"{folder.name} is empty"


RULES = [rule for rule in ALL if rule.proof in ("compiler", "save") and rule.mode == "script"]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_rule_is_proven(rule: Rule) -> None:
    """A rule has a marked target and a clean twin of its own."""
    folder = FIXTURES / f"{rule.code}-{rule.name}"
    if folder.is_dir() and not files(folder):
        pytest.skip("its syntax is newer than this Python")
    fixtures = [read(path) for path in files(folder)]
    assert any(code == rule.code for fixture in fixtures for _, code in fixture.markers), "no marked target"
    assert any(not f.inside(target) for f in fixtures for target in f.targets), "no clean twin"
