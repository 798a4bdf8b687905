"""Which files a run is about."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from torchscript_lint.lint.patterns import Patterns

#: Directories that never hold a project's own sources. Virtual environments are known by their
#: ``pyvenv.cfg``.
SKIPPED = frozenset(
    {
        ".bzr", ".direnv", ".eggs", ".git", ".hg", ".hypothesis", ".mypy_cache", ".nox", ".pytest_cache",
        ".ruff_cache", ".svn", ".tox", ".venv", "__pycache__", "__pypackages__", "node_modules",
    }
)  # fmt: skip


@dataclass(slots=True)
class Found:
    """The files of a run.

    Attributes:
        walked: files found in directories, as given path plus what lies below it.
        explicit: files named one by one.
        missing: paths that lead nowhere, with the reason.
    """

    walked: list[str] = field(default_factory=list)
    explicit: list[str] = field(default_factory=list)
    missing: list[tuple[str, str]] = field(default_factory=list)


def find(paths: Sequence[str], *, exclude: Sequence[Patterns] = (), force_exclude: bool = False) -> Found:
    """Walk directories for ``*.py``; take files as they are.

    ``.gitignore`` files count: those below a given directory, and those above it up to the root of its
    repository (unless they ignore the given directory as a whole: then it was asked for in so many words).
    Symbolic links to directories are not followed, as in git, so that a loop cannot arise. ``.pyi`` files
    hold nothing that is compiled and are never taken. A file that is reached twice is taken once.

    Args:
        paths: files and directories.
        exclude: patterns of files and directories to leave out.
        force_exclude: leave excluded files out even where they are named one by one.
    """
    found = Found()
    seen: set[str] = set()
    for path in paths:
        try:
            mode = os.stat(path).st_mode
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            found.missing.append((path, reason))
            continue
        absolute = os.path.abspath(path)
        if stat.S_ISDIR(mode):
            if force_exclude and any(pattern.match(absolute, directory=True) for pattern in exclude):
                continue
            for file in _walk(path, absolute, _above(absolute), exclude, found):
                key = os.path.abspath(file)
                if key not in seen:
                    seen.add(key)
                    found.walked.append(file)
        elif not path.endswith(".pyi") and absolute not in seen:
            if force_exclude and _excluded_anywhere(absolute, exclude):
                continue
            seen.add(absolute)
            found.explicit.append(path)
    return found


def _excluded_anywhere(absolute: str, exclude: Sequence[Patterns]) -> bool:
    """Whether a file or a directory above it is excluded (patterns match a directory's content as well)."""
    return any(pattern.match(absolute) for pattern in exclude)


def _above(directory: str) -> list[Patterns]:
    """The ``.gitignore`` files above a directory, outermost first, if it lies in a git repository."""
    ignores: list[Patterns] = []
    current = directory
    while not os.path.exists(os.path.join(current, ".git")):
        parent = os.path.dirname(current)
        if parent == current:
            return []
        current = parent
        ignores.extend(_gitignore(current))
    ignores.reverse()
    if any(_ignored(directory, ignores[: index + 1], True) for index in range(len(ignores))):
        return []
    # A parent of the directory that is ignored ignores the directory.
    parent = os.path.dirname(directory)
    while ignores and len(parent) > len(ignores[0].root):
        if _ignored(parent, ignores, True):
            return []
        parent = os.path.dirname(parent)
    return ignores


def _gitignore(directory: str) -> list[Patterns]:
    """The directory's own ``.gitignore``, as a list of none or one."""
    try:
        with open(os.path.join(directory, ".gitignore"), encoding="utf-8", errors="replace") as file:
            lines = file.read().splitlines()
    except OSError:
        return []
    return [Patterns(directory, lines)]


def _ignored(absolute: str, ignores: Sequence[Patterns], directory: bool) -> bool:
    """What git says of the path: the deepest ``.gitignore`` that speaks of it decides."""
    for patterns in reversed(ignores):
        decision = patterns.decide(absolute, directory=directory)
        if decision is not None:
            return decision
    return False


def _walk(
    shown: str, absolute: str, ignores: list[Patterns], exclude: Sequence[Patterns], found: Found
) -> Iterator[str]:
    """The Python files below a directory, in the order of their names, files before directories.

    Args:
        shown: the directory as the user spelled it; the results are spelled alike.
        absolute: the same directory.
        ignores: the ``.gitignore`` files above it.
        exclude: what to leave out.
        found: takes directories that cannot be read.
    """
    try:
        with os.scandir(absolute) as scan:
            entries = sorted(scan, key=lambda entry: entry.name)
    except OSError as error:
        found.missing.append((shown, error.strerror or str(error)))
        return
    if any(entry.name == ".gitignore" for entry in entries):
        ignores = [*ignores, *_gitignore(absolute)]
    directories: list[str] = []
    for entry in entries:
        name = entry.name
        if name.endswith(".py"):
            if not entry.is_dir() and not _left_out(os.path.join(absolute, name), False, ignores, exclude):
                yield name if shown == "." else os.path.join(shown, name)
        elif name not in SKIPPED and entry.is_dir(follow_symlinks=False):
            directories.append(name)
    for name in directories:
        below = os.path.join(absolute, name)
        if _left_out(below, True, ignores, exclude) or os.path.exists(os.path.join(below, "pyvenv.cfg")):
            continue
        yield from _walk(name if shown == "." else os.path.join(shown, name), below, ignores, exclude, found)


def _left_out(absolute: str, directory: bool, ignores: Sequence[Patterns], exclude: Sequence[Patterns]) -> bool:
    return any(pattern.match(absolute, directory=directory) for pattern in exclude) or (
        bool(ignores) and _ignored(absolute, ignores, directory)
    )
