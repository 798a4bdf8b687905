"""The flake8 plugin, by running flake8."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Sequence
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from torchscript_lint import __version__, flake8
from torchscript_lint.flake8 import Plugin

NET = """\
import torch
from torch import nn


class Net(nn.Module):
    def forward(self, x):
        s = {"é", 1}, {2}
        t = {
            3,
        }
        return self._encode(x), s, t

    def _encode(self, x):
        return x, lambda: 1
"""

pytestmark = pytest.mark.skipif(
    not any(entry.name == "TS" for entry in entry_points(group="flake8.extension")),
    reason="torchscript-lint is not installed here, so that flake8 cannot find it",
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty project as the current directory."""
    monkeypatch.chdir(tmp_path)
    flake8._settings.cache_clear()
    return tmp_path


def run(module: str, *arguments: str, stdin: str = "") -> tuple[int, list[str], str]:
    """Exit code, lines of standard output, standard error."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], input=stdin.encode(), capture_output=True, timeout=60
    )
    return done.returncode, done.stdout.decode().splitlines(), done.stderr.decode()


def both(*paths: str, flake8: Sequence[str] = ()) -> tuple[list[str], list[str]]:
    """What flake8 and what the command say of the same paths."""
    theirs = run("flake8", "--select=TS", "--isolated", "--jobs=1", *flake8, *paths)
    ours = run("torchscript_lint", "--output-format=concise", "-q", *paths)
    assert theirs[2] == ours[2] == ""
    return [re.sub(r"^\./", "", line) for line in theirs[1]], [re.sub(r": (TS\d)", r": \1", line) for line in ours[1]]


def test_the_same_findings_at_the_same_places(here: Path) -> None:
    (here / "net.py").write_text(NET, encoding="utf-8")
    theirs, ours = both("net.py")
    assert theirs == ours
    assert [line.split(" ")[0] for line in ours] == [
        "net.py:7:13:",
        "net.py:7:23:",
        "net.py:8:13:",
        "net.py:14:19:",
    ]


def test_a_byte_order_mark_and_carriage_returns(here: Path) -> None:
    (here / "net.py").write_bytes(b"\xef\xbb\xbf" + NET.replace("\n", "\r\n").encode())
    theirs, ours = both("net.py")
    assert theirs == ours
    assert len(ours) == 4


def test_it_is_on_by_default(here: Path) -> None:
    (here / "net.py").write_text(NET, encoding="utf-8")
    code, lines, _ = run("flake8", "--isolated", "net.py")
    assert code == 1
    assert sum(" TS132 " in line for line in lines) == 3


def test_standard_input_as_editors_call_it(here: Path) -> None:
    (here / "net.py").write_text("import torch\n")  # the buffer is not saved
    code, lines, err = run("flake8", "--select=TS", "-", "--stdin-display-name", "net.py", stdin=NET)
    assert (code, err) == (1, "")
    assert len(lines) == 4
    assert lines[0].startswith("net.py:7:13: TS132 ")
    assert run("flake8", "--select=TS", "-", stdin=NET)[1][0].startswith("stdin:7:13: TS132 ")


def test_noqa(here: Path) -> None:
    text = NET.replace('s = {"é", 1}, {2}', 's = {"é", 1}, {2}  # noqa: TS132')
    text = text.replace("lambda: 1", "lambda: 1  # tslint: ignore[TS130]")
    (here / "net.py").write_text(text, encoding="utf-8")
    theirs, ours = both("net.py")
    assert theirs == ours
    assert [line.split(" ")[0] for line in ours] == ["net.py:8:13:"]
    assert len(both("net.py", flake8=["--disable-noqa"])[0]) == 3


def test_our_own_table_counts(here: Path) -> None:
    (here / "net.py").write_text(NET, encoding="utf-8")
    (here / "pyproject.toml").write_text('[tool.tslint]\nignore = ["TS132"]\n')
    theirs, ours = both("net.py")
    assert theirs == ours
    assert len(ours) == 1
    (here / "pyproject.toml").write_text('[tool.tslint]\nexclude = ["net.py"]\n')
    assert both(".") == ([], [])


def test_a_bad_table_is_a_finding(here: Path) -> None:
    (here / "net.py").write_text(NET, encoding="utf-8")
    (here / "pyproject.toml").write_text("[tool.tslint]\nignor = []\n")
    code, lines, err = run("flake8", "--select=TS", "net.py")
    assert (code, err) == (1, "")
    [line] = lines
    assert line.startswith("net.py:1:1: TS002 ")
    assert "did you mean 'ignore'?" in line


def test_several_processes(here: Path) -> None:
    for number in range(6):
        (here / f"net{number}.py").write_text(NET, encoding="utf-8")
    one = run("flake8", "--select=TS", "--jobs=1", ".")
    assert run("flake8", "--select=TS", "--jobs=2", ".") == one
    assert len(one[1]) == 24


def test_a_bug_does_not_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RecursionError("deep")

    import ast

    monkeypatch.setattr(flake8, "check_buffer", broken)
    [(row, column, text, kind)] = list(Plugin(ast.parse(NET), "net.py", NET.splitlines(keepends=True)).run())
    assert (row, column, kind) == (1, 0, Plugin)
    assert text.startswith("TS002 ")
    assert "RecursionError: deep" in text


def test_syntax_errors_are_left_to_flake8(here: Path) -> None:
    (here / "net.py").write_text("import torch\ndef f(:\n")
    code, lines, _ = run("flake8", "net.py")
    assert code == 1
    assert any(" E999 " in line for line in lines)
    assert not any(" TS" in line for line in lines)


def test_flake8_knows_the_plugin() -> None:
    _, lines, _ = run("flake8", "--version")
    assert f"torchscript-lint: {__version__}" in " ".join(lines)
