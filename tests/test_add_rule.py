"""The scaffold of a new rule can be filled in: it is valid code, and the fixture marks a line."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def load(path: Path) -> object:
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the rule book."""
    shutil.copytree(ROOT / "torchscript_lint" / "rules", tmp_path / "torchscript_lint" / "rules")
    return tmp_path


def add(root: Path, *arguments: str) -> int:
    return load(ROOT / "scripts" / "add_rule.py").main(list(arguments), root)  # type: ignore[attr-defined, no-any-return]


@pytest.mark.parametrize(("code", "family", "mode"), [("TS198", "syntax", "script"), ("TS798", "tracing", "trace")])
def test_a_rule_is_added(root: Path, code: str, family: str, mode: str) -> None:
    assert add(root, code, "some-thing") == 0
    rules = load(root / "torchscript_lint" / "rules" / f"{family}.py").RULES  # type: ignore[attr-defined]
    [rule] = [rule for rule in rules if rule.code == code]
    assert (rule.name, rule.mode) == ("some-thing", mode)
    fixture = (root / "fixtures" / f"{code}-some-thing" / "some_thing.py").read_text()
    compile(fixture, "some_thing.py", "exec")
    assert f"# expect: {code}" in fixture
    # The same again is refused, and so are its code and its name.
    assert add(root, code, "another") == 2
    assert add(root, code[:4] + "7", "some-thing") == 2


@pytest.mark.parametrize("arguments", [("TS1", "x"), ("E501", "x"), ("TS998", "x"), ("TS198", "Some Thing")])
def test_bad_codes_and_names_are_refused(root: Path, arguments: tuple[str, str]) -> None:
    assert add(root, *arguments) == 2
    assert not (root / "fixtures").exists()
