"""What a run is asked to do, as plain data."""

from __future__ import annotations

import os
from dataclasses import dataclass

from torchscript_lint.lint.patterns import Patterns

MODES = ("script", "trace", "both")
TARGETS = ("auto", "all")


@dataclass(frozen=True, slots=True)
class PerFileIgnores:
    """Rules that are off in the files that ``patterns`` match.

    Attributes:
        patterns: gitignore-style patterns with the directory they are relative to.
        codes: the codes that are off there.
    """

    patterns: Patterns
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Options:
    """How to look at a file.

    Attributes:
        mode: ``script``, ``trace`` or ``both``.
        targets: ``auto`` (what TorchScript would compile) or ``all`` (every function).
        codes: the codes of the rules that are on; None is all of them.
        per_file_ignores: rules that are off in some files.
        search_path: directories with the sources of packages that the code imports.
        noqa: whether ``# noqa`` comments count (flake8 handles them itself).
    """

    mode: str = "both"
    targets: str = "auto"
    codes: frozenset[str] | None = None
    per_file_ignores: tuple[PerFileIgnores, ...] = ()
    search_path: tuple[str, ...] = ()
    noqa: bool = True

    def codes_off(self, path: str) -> frozenset[str]:
        """The codes that ``per_file_ignores`` turns off in this file."""
        if not self.per_file_ignores:
            return frozenset()
        absolute = os.path.abspath(path)
        return frozenset().union(*(entry.codes for entry in self.per_file_ignores if entry.patterns.match(absolute)))
