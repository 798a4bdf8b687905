"""Reading fixtures: their targets and markers.

Targets are a file's module-level functions and classes whose names don't start with ``_``. A line that must be found
ends in ``# expect: TS101``; where that comment would change the meaning (type comments, strings), a line of its own
just above says ``# expect-below: TS101``. A file whose first line says ``# requires-python: 3.12`` is left alone by
older Pythons.
"""

from __future__ import annotations

import ast
import re
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures"
_MARKER = re.compile(r"#\s*expect(?P<below>-below)?: (?P<codes>TS\d{3}(?:, ?TS\d{3})*)\s*$")
_REQUIRES = re.compile(r"\A# requires-python: (\d+)\.(\d+)")


@dataclass(frozen=True)
class Target:
    """A module-level definition; ``first``/``last`` are its lines, decorators included."""

    name: str
    first: int
    last: int


@dataclass(frozen=True)
class Fixture:
    """A file of targets; ``markers`` are ``(line, code)``."""

    path: Path
    text: str
    targets: tuple[Target, ...]
    markers: frozenset[tuple[int, str]]

    def inside(self, target: Target) -> frozenset[tuple[int, str]]:
        """The markers within a target."""
        return frozenset((line, code) for line, code in self.markers if target.first <= line <= target.last)


@cache
def read(path: str | Path) -> Fixture:
    """Read one fixture file.

    Raises:
        SyntaxError: this Python cannot parse it.
    """
    path = Path(path)
    text = path.read_text(encoding="utf-8")
    targets = tuple(
        Target(node.name, min([node.lineno, *(d.lineno for d in node.decorator_list)]), node.end_lineno or 0)
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
    ) + tuple(
        # a name bound to a lambda is a target too
        Target(node.targets[0].id, node.lineno, node.end_lineno or 0)
        for node in ast.parse(text).body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Lambda)
        and isinstance(node.targets[0], ast.Name)
        and not node.targets[0].id.startswith("_")
    )
    markers = set()
    for number, line in enumerate(text.splitlines(), 1):
        match = _MARKER.search(line)
        if match:
            for code in re.split(", ?", match["codes"]):
                markers.add((number + (1 if match["below"] else 0), code))
    return Fixture(path, text, targets, frozenset(markers))


def readable(path: Path) -> bool:
    """Whether this Python is new enough for the file."""
    match = _REQUIRES.search(path.read_text(encoding="utf-8"))
    return match is None or sys.version_info[:2] >= (int(match[1]), int(match[2]))


def folders() -> list[Path]:
    """The fixture folders, ``<CODE>-<rule-name>``, sorted."""
    return sorted(folder for folder in FIXTURES.glob("TS*") if folder.is_dir())


def files(folder: Path) -> list[Path]:
    """The files of a fixture folder that this Python can read, sorted."""
    return sorted(path for path in folder.glob("*.py") if readable(path))
