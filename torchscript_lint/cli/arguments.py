"""The command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from torchscript_lint import __version__

VERBS = ("check", "report", "rule", "rules")
_EXIT = "Exit status: 0 clean, 1 findings, 2 could not do all of its work."


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The arguments as a namespace; ``verb`` is one of :data:`VERBS`.

    Raises:
        SystemExit: help was asked for (0), or the arguments make no sense (2).
    """
    if argv and argv[0] in VERBS:
        verb, rest = argv[0], list(argv[1:])
    elif argv and argv[0] in ("-h", "--help", "-V", "--version"):
        return _parser_top().parse_args(argv)
    else:
        verb, rest = "check", list(argv)
    parsers = {"check": _parser_check, "report": _parser_report, "rule": _parser_rule, "rules": _parser_rules}
    parser = parsers[verb]()
    arguments = parser.parse_args(rest)
    arguments.verb = verb
    if getattr(arguments, "output_file", None) == "-":
        arguments.output_file = None  # as everywhere: standard output
    if verb == "check":
        _complete(parser, arguments)
    elif verb == "report" and arguments.config is not None and arguments.isolated:
        parser.error("--config and --isolated exclude each other")
    return arguments


def _complete(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> None:
    """Check what argparse cannot."""
    if "-" in arguments.paths and len(arguments.paths) > 1:
        parser.error("- (standard input) cannot be linted together with other paths")
    if arguments.stdin_filename is not None and arguments.paths != ["-"]:
        parser.error("--stdin-filename needs - as the only path")
    if arguments.config is not None and arguments.isolated:
        parser.error("--config and --isolated exclude each other")


def _parser_top() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tslint",
        usage="tslint [check] [OPTIONS] [PATHS...]\n       tslint report [OPTIONS] [PATHS...]\n"
        "       tslint rule [CODE|NAME]\n       tslint rules",
        description="Finds everything torch.jit.script rejects and torch.jit.trace mis-records, from the "
        "source, without importing it and without torch.",
        epilog="`tslint check --help` lists the options of check, which runs where no command is named. " + _EXIT,
    )
    parser.add_argument("-V", "--version", action="version", version=f"tslint {__version__}")
    commands = parser.add_argument_group("commands")
    commands.add_argument("check", nargs="?", help="lint files and directories (the default)")
    commands.add_argument("report", nargs="?", help="a verdict for each nn.Module: does it script, does it trace")
    commands.add_argument("rule", nargs="?", help="explain a rule")
    commands.add_argument("rules", nargs="?", help="list all rules")
    return parser


def _parser_check() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tslint check", description="Lint files and directories.", epilog=_EXIT, allow_abbrev=False
    )
    parser.add_argument(
        "paths",
        nargs="*",
        default=["."],
        metavar="PATHS",
        help="files, and directories that are walked for *.py; - is standard input (default: .)",
    )
    what = parser.add_argument_group("what to look for")
    what.add_argument("--mode", choices=("script", "trace", "both"), help="which compiler to think of (default: both)")
    what.add_argument(
        "--targets",
        choices=("auto", "all"),
        help="auto: what TorchScript would compile; all: every function, as if handed to torch.jit.script "
        "(default: auto)",
    )
    what.add_argument("--select", action="append", metavar="RULES", help="only these: codes, prefixes, names")
    what.add_argument("--extend-select", action="append", metavar="RULES", help="these besides")
    what.add_argument("--ignore", action="append", metavar="RULES", help="not these")
    where = parser.add_argument_group("where to look")
    where.add_argument("--exclude", action="append", metavar="PATTERN", help="leave out, as .gitignore would")
    where.add_argument("--force-exclude", action="store_true", help="leave out even what is named on the command line")
    where.add_argument("--stdin-filename", metavar="FILE", help="the name of what comes through standard input")
    where.add_argument("--config", metavar="FILE", help="take this file's [tool.tslint], not the nearest one")
    where.add_argument("--isolated", action="store_true", help="take no configuration file")
    where.add_argument("--show-settings", action="store_true", help="print what the run would go by, and stop")
    how = parser.add_argument_group("how to show it")
    how.add_argument("--output-format", choices=("full", "concise", "json"), default="full", help="default: full")
    how.add_argument("--output-file", metavar="FILE", help="write the findings there instead of standard output")
    how.add_argument("--statistics", action="store_true", help="count the findings of each rule (standard error)")
    how.add_argument("--exit-zero", action="store_true", help="exit with 0 even where there are findings")
    how.add_argument(
        "--reveal", action="store_true", help="instead of findings, the type of x at each reveal_type(x) in the source"
    )
    how.add_argument("-q", "--quiet", action="store_true", help="no summary and no progress bar")
    run = parser.add_argument_group("how to run")
    run.add_argument("-j", "--jobs", type=_jobs, metavar="N", help="processes (default: one for each core)")
    run.add_argument("--no-cache", action="store_true", help="neither read nor write the cache")
    return parser


def _parser_report() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="tslint report",
        description="A verdict for each nn.Module class: does an instance script, does it trace faithfully, and "
        "which way to go.",
        epilog="Exit status: 0 every module scripts and traces, as far as the source tells, 1 something does not, "
        "2 could not do all of its work.",
        allow_abbrev=False,
    )
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATHS", help="files and directories (default: .)")
    what = parser.add_argument_group("what counts")
    what.add_argument("--select", action="append", metavar="RULES", help="only these: codes, prefixes, names")
    what.add_argument("--extend-select", action="append", metavar="RULES", help="these besides")
    what.add_argument("--ignore", action="append", metavar="RULES", help="not these")
    where = parser.add_argument_group("where to look")
    where.add_argument("--exclude", action="append", metavar="PATTERN", help="leave out, as .gitignore would")
    where.add_argument("--force-exclude", action="store_true", help="leave out even what is named on the command line")
    where.add_argument("--config", metavar="FILE", help="take this file's [tool.tslint], not the nearest one")
    where.add_argument("--isolated", action="store_true", help="take no configuration file")
    how = parser.add_argument_group("how to show it")
    how.add_argument(
        "--output-format", choices=("text", "json", "html"), default="text",
        help="html is one file that needs no other (default: text)",
    )  # fmt: skip
    how.add_argument("--output-file", metavar="FILE", help="write there instead of to standard output")
    how.add_argument("--exit-zero", action="store_true", help="exit with 0 even where something does not script")
    how.add_argument("-q", "--quiet", action="store_true", help="no progress bar")
    parser.set_defaults(mode=None, targets=None)
    return parser


def _parser_rule() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tslint rule", description="Explain a rule.", allow_abbrev=False)
    parser.add_argument("rule", nargs="?", metavar="CODE|NAME", help="the rule (default: list all)")
    parser.add_argument("--output-format", choices=("text", "json"), default="text", help="default: text")
    return parser


def _parser_rules() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tslint rules", description="List all rules.", allow_abbrev=False)
    parser.add_argument("--output-format", choices=("text", "json"), default="text", help="default: text")
    parser.set_defaults(rule=None)
    return parser


def _jobs(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = 0
    if value < 1:
        raise argparse.ArgumentTypeError(f"must be a positive number, not {text!r}")
    return value
