"""Reading fixtures: their targets and markers.

Targets are a file's module-level functions and classes whose names don't start with ``_``, and the names
bound to a lambda or to what a factory makes (``step = make_step()``). A line that must be found ends in
``# expect: TS101``; where that comment would change the meaning (type comments, strings), a line of its own
just above says ``# expect-below: TS101``. A file whose first line says ``# requires-python: 3.12`` is left
alone by older Pythons.
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
    """A module-level definition.

    Attributes:
        name: what the compiler is asked about.
        lines: its lines, decorators included, without the bodies of functions defined inside a function:
            those are targets of their own, proven through the name a factory's product is bound to.
    """

    name: str
    lines: frozenset[int]


@dataclass(frozen=True)
class Fixture:
    """A file of targets; ``markers`` are ``(line, code)``."""

    path: Path
    text: str
    targets: tuple[Target, ...]
    markers: frozenset[tuple[int, str]]

    def inside(self, target: Target) -> frozenset[tuple[int, str]]:
        """The markers within a target."""
        return frozenset((line, code) for line, code in self.markers if line in target.lines)

    def helpers(self) -> frozenset[tuple[int, str]]:
        """The markers outside of all targets, in ``_`` helpers: proven through targets that reach them."""
        owned = frozenset().union(*(target.lines for target in self.targets))
        return frozenset((line, code) for line, code in self.markers if line not in owned)


@cache
def read(path: str | Path) -> Fixture:
    """Read one fixture file.

    Raises:
        SyntaxError: this Python cannot parse it.
    """
    path = Path(path)
    text = path.read_text(encoding="utf-8")
    markers = set()
    for number, line in enumerate(text.splitlines(), 1):
        match = _MARKER.search(line)
        if match:
            for code in re.split(", ?", match["codes"]):
                markers.add((number + (1 if match["below"] else 0), code))
    # Of several definitions of a name, such as overloads, the last is what the name stands for.
    targets = {target.name: target for target in map(_target, ast.parse(text).body) if target}
    return Fixture(path, text, tuple(targets.values()), frozenset(markers))


def _target(node: ast.stmt) -> Target | None:
    """The target that a module-level statement makes."""
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        name = node.name
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and _makes_function(node.value):
        name, first = node.targets[0].id, node.lineno
    else:
        return None
    if name.startswith("_"):
        return None
    lines = set(range(first, (node.end_lineno or first) + 1))
    for function in ast.walk(node):
        if isinstance(function, ast.FunctionDef):
            for inner in ast.walk(function):
                if inner is not function and isinstance(inner, ast.FunctionDef):
                    lines -= set(range(inner.body[0].lineno, (inner.end_lineno or 0) + 1))
    return Target(name, frozenset(lines))


def _makes_function(value: ast.expr) -> bool:
    """A lambda, or a call of one of the file's own factories (``make_...()``)."""
    if isinstance(value, ast.Lambda):
        return True
    return isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and "make_" in value.func.id


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
