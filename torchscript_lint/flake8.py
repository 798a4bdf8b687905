"""The flake8 plugin: the same findings, at the same places, as the command gives for the same file."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator, Sequence
from functools import lru_cache

from torchscript_lint import __version__
from torchscript_lint.lint.core import check_buffer, internal_error
from torchscript_lint.lint.settings import Settings, combine


class Plugin:
    """What flake8 calls for each file.

    The source is what flake8 hands over, never what is on disk: editors pipe unsaved text. ``# noqa`` is
    flake8's own business.
    """

    name = "torchscript-lint"
    version = __version__

    def __init__(self, tree: ast.AST, filename: str, lines: Sequence[str]) -> None:
        """``tree`` is there because flake8 wants it: our own is made from the lines."""
        self._filename = filename
        self._lines = lines

    def run(self) -> Iterator[tuple[int, int, str, type[Plugin]]]:
        """The findings as flake8 takes them: row, 0-based column, code and message, type."""
        try:
            settings = _settings(os.path.dirname(os.path.abspath(self._filename)))
            if any(patterns.match(os.path.abspath(self._filename)) for patterns in settings.exclude):
                return
            text = "".join(self._lines)
            if settings.options.targets == "auto" and "torch" not in text:
                return
            findings = check_buffer(text, self._filename, options=settings.options)
        except Exception as error:  # one that gets out would end the whole flake8 run
            findings = [internal_error(self._filename, error)]
        for finding in findings:
            message = " ".join(finding.message.split())
            yield finding.row, finding.column - 1, f"{finding.code} {message}", type(self)


@lru_cache(maxsize=256)
def _settings(directory: str) -> Settings:
    """What the nearest ``[tool.tslint]`` says: flake8 itself reads no ``pyproject.toml``."""
    from torchscript_lint.lint.config import nearest

    return combine(nearest(directory), noqa=False)
