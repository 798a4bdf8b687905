"""One file: text in, findings out."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from torchscript_lint import rules
from torchscript_lint.findings import Finding, make, ordered
from torchscript_lint.lint import suppression
from torchscript_lint.lint.options import Options

if TYPE_CHECKING:
    from torchscript_lint.program import Module, Program

_SYNTAX = rules.BY_CODE["TS001"]
_INTERNAL = rules.BY_CODE["TS002"]
_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def check_source(
    text: str,
    path: str = "<string>",
    *,
    options: Options = Options(),  # noqa: B008 - frozen
    mode: str | None = None,
    targets: str | None = None,
) -> list[Finding]:
    """Everything that is found in one text, seen alone. Reads no file.

    Args:
        text: Python source.
        path: the name that findings carry.
        options: how to look at it.
        mode, targets: go before those of ``options``.

    Returns:
        The findings, sorted. A text that cannot be parsed is one finding (TS001), a failure of
        torchscript-lint itself another (TS002); nothing is raised.
    """
    options = replace(options, mode=mode or options.mode, targets=targets or options.targets)
    return _check(text, path, options, alone=True)


def check_buffer(text: str, path: str, *, options: Options = Options()) -> list[Finding]:  # noqa: B008 - frozen
    """As :func:`check_source`, but what the text imports is looked up on disk, beside ``path``.

    Args:
        text: the text of the file, which may differ from what is on disk (an editor's buffer).
        path: where the file lies, or would.
        options: how to look at it.
    """
    return _check(text, path, options, alone=False)


def _check(text: str, path: str, options: Options, *, alone: bool) -> list[Finding]:
    from torchscript_lint.program import Program
    from torchscript_lint.source.text import SourceError

    class Alone(Program):
        """A program of one file: nothing it imports is looked for."""

        def find(self, name: str, near: Module) -> Module | None:
            return None

    try:
        program = Alone([path]) if alone else Program([path], options.search_path)
        module = program.add_source(path, text)
        found = analyse(program, module, options)
    except SourceError as error:
        found = [syntax_error(path, error.message, error.row, error.column)]
    except Exception as error:  # whatever it is, one file must not end a run
        found = [internal_error(path, error)]
    here = os.path.abspath(path)
    own = [finding for finding in found if finding.path == path or os.path.abspath(finding.path) == here]
    return suppression.keep(chosen(merge(own), path, options), text, noqa=options.noqa)


def analyse(program: Program, module: Module, options: Options) -> list[Finding]:
    """What the analyses say of the module's targets. Findings may lie in files that these reach."""
    found: list[Finding] = []
    if options.mode != "trace":
        from torchscript_lint import script

        found += script.check(program, module, options.targets)
    if options.mode != "script":
        from torchscript_lint import trace

        found += trace.check(program, module, options.targets)
    return found


def chosen(findings: Iterable[Finding], path: str, options: Options) -> list[Finding]:
    """The findings of one file whose rules are on there."""
    off = options.codes_off(path)
    return [
        finding
        for finding in findings
        if (options.codes is None or finding.code in options.codes) and finding.code not in off
    ]


def merge(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, sorted.

    A function that several entry points reach is checked for each of them, a method for each class that
    inherits it. Of the findings of one rule at one place an error goes before a warning, and of these the one
    with the shortest chain stays, so that the result does not depend on who came first; it names the other entry
    points. What tracing loses is told apart by its message too: several values can be lost at one place.
    """
    best: dict[tuple[str, int, int, str, str], Finding] = {}
    entries: dict[tuple[str, int, int, str, str], set[str]] = {}
    for finding in findings:
        said = finding.message if finding.mode == "trace" else ""
        key = (finding.path, finding.row, finding.column, finding.code, said)
        known = best.get(key)
        if known is None or _rank(finding) < _rank(known):
            best[key] = finding
        entries.setdefault(key, set()).update((*finding.entries, *finding.chain[:1]))
    merged = []
    for key, finding in best.items():
        others = tuple(sorted(entries[key] - set(finding.chain[:1])))
        merged.append(finding if others == finding.entries else replace(finding, entries=others))
    return ordered(merged)


def _rank(finding: Finding) -> tuple[bool, int, tuple[str, ...], Finding]:
    return finding.severity != "error", len(finding.chain), finding.chain, finding


def syntax_error(path: str, message: str, row: int, column: int) -> Finding:
    """The finding for a file that cannot be parsed."""
    row, column = max(row, 1), max(column, 1)
    return make(_SYNTAX, path, (row, column, row, column + 1), {"error": message})


def internal_error(path: str, error: BaseException | str) -> Finding:
    """The finding for a failure of torchscript-lint itself, with the place in it that failed."""
    if isinstance(error, str):
        text = error
    else:
        text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        own = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if os.path.abspath(frame.filename).startswith(_PACKAGE + os.sep)
        ]
        if own:
            place = os.path.relpath(own[-1].filename, os.path.dirname(_PACKAGE))
            text += f" (in {own[-1].name}, {place}:{own[-1].lineno})"
    return make(_INTERNAL, path, (1, 1, 1, 2), {"error": " ".join(text.split())})
