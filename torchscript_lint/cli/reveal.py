"""``tslint --reveal``: the types that the checker infers, where the source asks for them."""

from __future__ import annotations

import argparse
import os
import sys

from torchscript_lint.cli.output import say
from torchscript_lint.lint.settings import Settings
from torchscript_lint.source.text import SourceError, decode, read


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """Print the type of the argument of each ``reveal_type(...)`` call, a line each; no findings.

    Args:
        arguments: of ``check``.
        settings: of the run.

    Returns:
        0; 2 if a path could not be read.
    """
    from torchscript_lint import script
    from torchscript_lint.lint import walk
    from torchscript_lint.program import Program

    problems: list[tuple[str, str]] = []
    if arguments.paths == ["-"]:
        files = [arguments.stdin_filename or "<stdin>"]
    else:
        found = walk.find(arguments.paths, exclude=settings.exclude, force_exclude=arguments.force_exclude)
        problems += found.missing
        files = sorted({*found.walked, *found.explicit})
    program = Program(files, settings.options.search_path)
    for path in files:
        try:
            text = decode(path, sys.stdin.buffer.read()) if arguments.paths == ["-"] else read(path)
            module = program.add_source(path, text.text)
        except SourceError as error:
            problems.append((path, error.message))
            continue
        shown = {(line, type_) for file, line, type_ in script.reveal(program, module) if _same(file, path)}
        for line, type_ in sorted(shown):
            print(f"{path}:{line}: {type_}")
    for path, message in problems:
        say(f"{path}: {message}")
    return 2 if problems else 0


def _same(one: str, other: str) -> bool:
    return one == other or os.path.abspath(one) == os.path.abspath(other)
