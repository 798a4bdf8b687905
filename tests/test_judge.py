"""The judge itself: it must see rejections, their places, dead processes and broken files."""

from __future__ import annotations

from pathlib import Path

import pytest
from judge import Judge, JudgeError

SOURCE = """\
import torch
from torch import nn


def halves(x):
    return x / 2


def guarded(x):
    y = x + 1
    try:
        y = y.log()
    except ValueError:
        pass
    return y


def branch(n: int):
    if n > 1:
        size = 2
    return size


def counts(n: int):
    while n > 1:
        n -= 1
    else:
        n = 2
    return n


def literal():
    sizes: list = [1]
    return sizes


def _activation(x):
    return sorted(x, key=lambda v: v)


class ByAttribute(nn.Module):
    def __init__(self):
        super().__init__()
        self.activation = _activation

    def forward(self, x):
        return self.activation(x)


class ByCall(nn.Module):
    def forward(self, x):
        return _activation(x)


class NeedsArguments(nn.Module):
    def __init__(self, width):
        super().__init__()


class Box:
    def __init__(self, size: int):
        self.size = size

    def area(self):
        return self.width


@torch.jit.script
def decorated(x):
    return {x}


class NoBase(nn.Modul):
    pass


def through_library(n: int):
    return torch.nn.functional.relu_(
        n, inplace=True)
"""


def line_of(text: str) -> int:
    return next(number for number, line in enumerate(SOURCE.splitlines(), 1) if text in line)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("judge") / "models.py"
    path.write_text(SOURCE)
    return path


def test_accepts(judge: Judge, path: Path) -> None:
    assert judge.script(path, "halves").accepted


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("guarded", "    try:", "try blocks aren't supported"),
        ("branch", "return size", "size is not defined in the false branch"),
        ("ByAttribute", "self.activation(x)", "has no attribute 'activation'"),
        ("ByCall", "key=lambda", "Lambda aren't supported"),
        ("Box", "self.width", "has no attribute or method 'width'"),
        ("decorated", "return {x}", "Set aren't supported"),
        ("through_library", "functional.relu_(", ""),
    ],
)
def test_blames_the_line(judge: Judge, path: Path, name: str, line: str, message: str) -> None:
    verdict = judge.script(path, name)
    assert not verdict.accepted
    assert message in verdict.headline
    assert (verdict.file, verdict.line) == (str(path), line_of(line))


def test_errors_without_a_place(judge: Judge, path: Path) -> None:
    verdict = judge.script(path, "counts")
    assert not verdict.accepted
    assert verdict.line is None
    assert verdict.type == "TypeError"


def test_survives_a_dying_compiler(judge: Judge, path: Path) -> None:
    verdict = judge.script(path, "literal")
    assert not verdict.accepted
    assert verdict.type == "died"
    assert "SIGSEGV" in verdict.message
    assert judge.script(path, "halves").accepted


def test_slow_compilations_end(path: Path) -> None:
    judge = Judge(timeout=0.0)
    try:
        assert judge.script(path, "halves").type == "died"
    finally:
        judge.close()


@pytest.mark.parametrize("name", ["NeedsArguments", "nowhere"])
def test_broken_questions_raise(judge: Judge, path: Path, name: str) -> None:
    with pytest.raises(JudgeError):
        judge.script(path, name)
