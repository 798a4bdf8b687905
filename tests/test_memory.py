"""What a file's session takes from earlier ones changes nothing: each file gives what it gives alone, in any order."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from torchscript_lint.findings import Finding
from torchscript_lint.program import Program
from torchscript_lint.script import check
from torchscript_lint.script.session import Session

_SHARED = """
from __future__ import annotations
import torch
from typing import NamedTuple, List
from torch import nn

class Pair(NamedTuple):
    first: torch.Tensor
    second: Box

class Box:
    def __init__(self, size: int):
        self.size = size
    def same(self, other: Box) -> bool:
        return self.size == other.width
    def twin(self) -> Box:
        return Crate(self.size).box()
    def none(self):
        return lambda: 1

class Crate:
    def __init__(self, size: int):
        self.size = size
    def box(self) -> Box:
        return Box(self.size)
    def bad(self, other: Box):
        return other.twin().missing

def even(n: int):
    if n == 0:
        return True
    return odd(n - 1)

def odd(n: int):
    if n == 0:
        return False
    return even(n - 1)

def helper(x, n: int):
    y: str = n
    return x + Box(n).size

class Base(nn.Module):
    def __init__(self):
        super().__init__()
    def shared(self, x, n: int):
        return helper(x, n) + self.nowhere
"""
_USERS = {
    "one.py": "import torch\nfrom pkg.shared import *\n\n@torch.jit.script\ndef f(x, n: int):\n"
    "    return helper(x, n), even(n), Crate(n).bad(Box(n))\n",
    "two.py": "import torch\nfrom pkg.shared import *\n\nclass Net(Base):\n"
    "    def forward(self, x, box: Box, pair: Pair):\n        return self.shared(x, box.size), odd(1), box.same(box)\n",
    "three.py": "import torch\nfrom pkg.shared import Box, even, odd\n\n@torch.jit.script\ndef g(n: int) -> bool:\n"
    "    return odd(n) and even(Box(n).size)\n",
}


def _package(root: Path) -> list[str]:
    package = root / "pkg"
    package.mkdir()
    for name, text in {"__init__.py": "", "shared.py": _SHARED, **_USERS}.items():
        (package / name).write_text(text)
    return sorted(map(str, package.glob("*.py")))


def _found(program: Program, file: str) -> list[Finding]:
    return check(program, program.load(file))


def test_every_order_gives_the_same(tmp_path: Path) -> None:
    files = _package(tmp_path)
    alone = {file: _found(Program(files), file) for file in files}
    assert any("helper" in finding.chain for finding in alone[str(tmp_path / "pkg" / "two.py")])
    assert sum(map(len, alone.values())) > 8
    for order in itertools.permutations(files):
        program = Program(files)
        assert {file: _found(program, file) for file in order} == alone


def test_outside_of_the_run(tmp_path: Path) -> None:
    """Calls of what lies in no linted file quote the first finding there, whoever found it."""
    files = [file for file in _package(tmp_path) if not file.endswith("shared.py")]
    alone = {file: _found(Program(files), file) for file in files}
    for order in itertools.permutations(files):
        program = Program(files)
        assert {file: _found(program, file) for file in order} == alone


def test_it_is_replayed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = _package(tmp_path)
    compiled: list[str] = []
    compile_ = Session._compile

    def noted(self: Session, function, receiver, chain):  # type: ignore[no-untyped-def]
        compiled.append(function.qualname)
        return compile_(self, function, receiver, chain)

    monkeypatch.setattr(Session, "_compile", noted)
    program = Program(files)
    for file in files:
        _found(program, file)
    assert compiled.count("helper") == compiled.count("Box.same") == 1
    # Entered at `even` by one file and at `odd` by others, the two give different findings.
    assert compiled.count("even") == 2
