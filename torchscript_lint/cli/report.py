"""``tslint report``."""

from __future__ import annotations

import argparse
import shutil
import sys

from torchscript_lint.cli.check import settings_of
from torchscript_lint.cli.output import is_terminal, say, wants_color, write_file
from torchscript_lint.cli.progress import Bar
from torchscript_lint.lint.config import ConfigError
from torchscript_lint.lint.selection import UnknownSelector
from torchscript_lint.verdicts import Report, assess_paths


def run(arguments: argparse.Namespace) -> int:
    """Judge, show, and say how it went. The exit code as for :func:`torchscript_lint.cli.main`."""
    try:
        settings = settings_of(arguments)
    except (ConfigError, UnknownSelector) as error:
        say(str(error))
        return 2
    bar = Bar(quiet=arguments.quiet)
    try:
        outcome = assess_paths(
            arguments.paths,
            options=settings.options,
            exclude=settings.exclude,
            force_exclude=arguments.force_exclude,
            progress=bar,
        )
    finally:
        bar.close()
    for problem in outcome.problems:
        say(f"{problem.path}: {problem.message}")
    for name, reason in outcome.report.failed:
        say(f"{name}: internal error: {reason}")
    if not _show(arguments, outcome.report):
        return 2
    if outcome.problems or outcome.report.failed:
        return 2
    return 0 if outcome.report.clean or arguments.exit_zero else 1


def _show(arguments: argparse.Namespace, report: Report) -> bool:
    """Write the report; False where it cannot be written."""
    if arguments.output_format == "html":
        from torchscript_lint.report.html import render

        text = render(report)
    elif arguments.output_format == "json":
        from torchscript_lint.report import verdicts_json

        text = verdicts_json.render(report)
    else:
        from torchscript_lint.report import verdicts_text

        if arguments.output_file is None and is_terminal(sys.stdout):
            columns = shutil.get_terminal_size().columns
            text = verdicts_text.render_rich(report, columns, color=wants_color(sys.stdout))
        else:
            text = verdicts_text.render(report)
    if arguments.output_file is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return True
    try:
        write_file(arguments.output_file, text)
    except OSError as error:
        say(f"{arguments.output_file}: cannot be written: {error.strerror or error}")
        return False
    return True
