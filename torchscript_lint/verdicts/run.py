"""Paths → a report."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from torchscript_lint.findings import Finding
from torchscript_lint.lint import core, suppression, walk
from torchscript_lint.lint.options import Options
from torchscript_lint.lint.patterns import Patterns
from torchscript_lint.lint.run import Problem
from torchscript_lint.program import Program
from torchscript_lint.source.text import SourceError, read
from torchscript_lint.verdicts.assess import Progress, assess
from torchscript_lint.verdicts.model import Report


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run gave.

    Attributes:
        report: the verdicts.
        problems: files that could not be read or parsed, sorted.
        files: how many files were looked at.
    """

    report: Report
    problems: tuple[Problem, ...]
    files: int


def assess_paths(
    paths: Sequence[str],
    *,
    options: Options = Options(),  # noqa: B008 - frozen
    exclude: Sequence[Patterns] = (),
    force_exclude: bool = False,
    progress: Progress | None = None,
) -> Outcome:
    """The verdicts on the module classes of files and directories.

    Args:
        paths: files, and directories that are walked for ``*.py``.
        options: which rules count, where imported packages may be read.
        exclude: what to leave out of the walk.
        force_exclude: leave it out even where it is named in ``paths``.
        progress: called now and then with the number of classes that are done and of all.

    Returns:
        The report and the problems met. Nothing that a file holds raises.
    """
    found = walk.find(paths, exclude=exclude, force_exclude=force_exclude)
    names = sorted({*found.walked, *found.explicit})
    problems = [Problem(path, message) for path, message in found.missing]
    program = Program(names, options.search_path)
    files = []
    for name in names:
        try:
            files.append(program.load(name))
        except SourceError as error:
            place = f"{error.row}:{error.column}: " if error.kind == "syntax" else ""
            problems.append(Problem(name, place + error.message))

    def keep(findings: list[Finding]) -> list[Finding]:
        return _kept(findings, options)

    return Outcome(assess(program, files, keep=keep, progress=progress), tuple(sorted(set(problems))), len(names))


def _kept(findings: Sequence[Finding], options: Options) -> list[Finding]:
    """The findings whose rules are on and which no comment silences."""
    by_file: dict[str, list[Finding]] = {}
    for finding in findings:
        by_file.setdefault(finding.path, []).append(finding)
    kept: list[Finding] = []
    for path, own in by_file.items():
        own = core.chosen(own, os.path.abspath(path), options)
        try:
            text = read(path).text if own else ""
        except SourceError:
            text = ""
        kept += suppression.keep(own, text, noqa=options.noqa)
    return kept
