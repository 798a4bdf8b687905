"""``tslint check``."""

from __future__ import annotations

import argparse
import io
import os
import sys

from torchscript_lint.cli.output import say, wants_color, write_file
from torchscript_lint.cli.progress import Bar
from torchscript_lint.findings import Finding
from torchscript_lint.lint.config import ConfigError, Table, load, nearest
from torchscript_lint.lint.selection import Selectors, UnknownSelector
from torchscript_lint.lint.settings import Settings, combine, start
from torchscript_lint.source.text import SourceError, SourceText, decode, read


def run(arguments: argparse.Namespace) -> int:
    """Lint, show, and say how it went. The exit code as for :func:`torchscript_lint.cli.main`."""
    try:
        settings = settings_of(arguments)
    except (ConfigError, UnknownSelector) as error:
        say(str(error))
        return 2
    if arguments.show_settings:
        sys.stdout.write(_describe(settings))
        return 0
    if arguments.reveal:
        from torchscript_lint.cli import reveal

        return reveal.run(arguments, settings)
    if arguments.paths == ["-"]:
        return _standard_input(arguments, settings)
    return _files(arguments, settings)


def settings_of(arguments: argparse.Namespace) -> Settings:
    """The command line and the configuration together. Raises ConfigError and UnknownSelector."""
    if arguments.isolated:
        table = Table()
    elif arguments.config is not None:
        table = load(arguments.config)
    elif arguments.paths == ["-"]:
        name = arguments.stdin_filename
        table = nearest(os.path.dirname(os.path.abspath(name)) if name else os.getcwd())
    else:
        table = nearest(start(arguments.paths))
    return combine(
        table,
        command=Selectors(
            _split(arguments.select) if arguments.select is not None else None,
            _split(arguments.extend_select or []),
            _split(arguments.ignore or []),
        ),
        mode=arguments.mode,
        targets=arguments.targets,
        exclude=tuple(arguments.exclude or ()),
    )


def _split(values: list[str]) -> tuple[str, ...]:
    """``--select A,B --select C`` as one list."""
    return tuple(part.strip() for value in values for part in value.split(",") if part.strip())


def _describe(settings: Settings) -> str:
    """The settings as TOML, so that they can be put into a file."""
    import json

    from torchscript_lint import rules

    options = settings.options
    codes = sorted(rules.BY_CODE if options.codes is None else options.codes)
    lines = [
        f"# from {settings.config or 'no configuration file'}",
        "[tool.tslint]",
        f"mode = {json.dumps(options.mode)}",
        f"targets = {json.dumps(options.targets)}",
        f"select = {json.dumps(codes)}",
        f"exclude = {json.dumps([line for patterns in settings.exclude for line in patterns.lines])}",
        f"search-path = {json.dumps(list(options.search_path))}",
    ]
    if options.per_file_ignores:
        lines += ["", "[tool.tslint.per-file-ignores]"]
        lines += [
            f"{json.dumps(entry.patterns.lines[0])} = {json.dumps(sorted(entry.codes))}"
            for entry in options.per_file_ignores
        ]
    return "\n".join(lines) + "\n"


def _standard_input(arguments: argparse.Namespace, settings: Settings) -> int:
    from torchscript_lint.lint.core import check_buffer

    path = arguments.stdin_filename or "<stdin>"
    if arguments.force_exclude and any(p.match(os.path.abspath(path)) for p in settings.exclude):
        return 0
    stdin = getattr(sys.stdin, "buffer", None) or io.BytesIO(sys.stdin.read().encode())
    try:
        source = decode(path, stdin.read())
    except SourceError as error:
        say(f"{path}: {error.message}")
        return 2
    findings = check_buffer(source.text, path, options=settings.options)
    return _finish(arguments, findings, {path: source}, files=1, problems=False)


def _files(arguments: argparse.Namespace, settings: Settings) -> int:
    from torchscript_lint.lint.run import check_paths

    bar = Bar(quiet=arguments.quiet)
    try:
        result = check_paths(
            arguments.paths,
            options=settings.options,
            exclude=settings.exclude,
            force_exclude=arguments.force_exclude,
            jobs=arguments.jobs,
            progress=bar,
        )
    finally:
        bar.close()
    for problem in result.problems:
        say(f"{problem.path}: {problem.message}")
    if not result.files and not result.problems and not arguments.quiet:
        say("no Python files to lint")
    return _finish(arguments, result.findings, {}, files=result.files, problems=bool(result.problems))


def _finish(
    arguments: argparse.Namespace,
    findings: list[Finding],
    sources: dict[str, SourceText],
    *,
    files: int,
    problems: bool,
) -> int:
    """Show the findings and settle the exit code."""
    color = arguments.output_file is None and wants_color(sys.stdout)
    text = _render(arguments.output_format, findings, sources, color)
    if arguments.output_file is not None:
        try:
            write_file(arguments.output_file, text)
        except OSError as error:
            say(f"{arguments.output_file}: cannot be written: {error.strerror or error}")
            return 2
    else:
        sys.stdout.write(text)
        sys.stdout.flush()
    from torchscript_lint.report import statistics

    if arguments.statistics:
        sys.stderr.write(statistics.render(findings))
    if files and not arguments.quiet:
        print(statistics.summary(findings, files), file=sys.stderr)
    if problems or any(finding.code == "TS002" for finding in findings):
        return 2
    return 1 if findings and not arguments.exit_zero else 0


def _render(output_format: str, findings: list[Finding], sources: dict[str, SourceText], color: bool) -> str:
    if output_format == "json":
        from torchscript_lint.report import json

        return json.render(findings)
    if output_format == "concise":
        from torchscript_lint.report import concise

        return concise.render(findings, color=color)
    from torchscript_lint.report import full

    last: list[tuple[str, SourceText | None]] = []  # findings come sorted, so that one text at a time is enough

    def source(path: str) -> SourceText | None:
        if path in sources:
            return sources[path]
        if not last or last[0][0] != path:
            try:
                last[:] = [(path, read(path))]
            except SourceError:
                last[:] = [(path, None)]
        return last[0][1]

    return full.render(findings, source, color=color)
