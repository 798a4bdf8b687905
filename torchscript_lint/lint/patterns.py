"""Gitignore-style patterns, relative to a directory."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec


class Patterns:
    """Patterns in the syntax of a ``.gitignore`` file, and the directory they are relative to.

    ``pathspec`` is imported when the first path is matched: most runs have no pattern at all.
    """

    __slots__ = ("_spec", "lines", "root")

    def __init__(self, root: str, lines: Iterable[str]) -> None:
        """``root`` is absolute; ``lines`` are patterns, the last one that matches decides."""
        self.root = root
        self.lines = tuple(lines)
        self._spec: GitIgnoreSpec | None = None

    def decide(self, absolute: str, *, directory: bool = False) -> bool | None:
        """True: matched; False: matched and taken back by ``!``; None: no pattern speaks of this path.

        Args:
            absolute: an absolute path; one outside ``root`` is never matched.
            directory: whether it is a directory (patterns that end in ``/`` match only those).
        """
        if not self.lines:
            return None
        if self._spec is None:
            from pathspec import GitIgnoreSpec

            self._spec = GitIgnoreSpec.from_lines(self.lines)
        prefix = self.root if self.root.endswith(os.sep) else self.root + os.sep
        if not absolute.startswith(prefix):
            return None
        relative = absolute[len(prefix) :].replace(os.sep, "/")
        return self._spec.check_file(relative + "/" if directory else relative).include

    def match(self, absolute: str, *, directory: bool = False) -> bool:
        """Whether the path is matched and not taken back."""
        return self.decide(absolute, directory=directory) is True

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Patterns) and (self.root, self.lines) == (other.root, other.lines)

    def __hash__(self) -> int:
        return hash((self.root, self.lines))

    def __repr__(self) -> str:
        return f"Patterns({self.root!r}, {list(self.lines)!r})"

    def __reduce__(self) -> tuple[type[Patterns], tuple[str, tuple[str, ...]]]:
        return Patterns, (self.root, self.lines)
