"""``tslint rule`` and ``tslint rules``."""

from __future__ import annotations

import argparse
import sys

from torchscript_lint import rules
from torchscript_lint.cli import examples
from torchscript_lint.cli.output import say, wants_color
from torchscript_lint.report import rule as report


def run(arguments: argparse.Namespace) -> int:
    """Explain one rule, or list all. 2 where there is no such rule."""
    as_json = arguments.output_format == "json"
    if arguments.rule is None:
        if as_json:
            sys.stdout.write(report.as_json([report.as_object(rule, examples.of(rule)) for rule in rules.ALL]))
        else:
            sys.stdout.write(report.listing(rules.ALL, color=wants_color(sys.stdout)))
        return 0
    rule = rules.find(arguments.rule)
    if rule is None:
        import difflib

        known = [*rules.BY_NAME, *rules.BY_CODE]
        close = difflib.get_close_matches(arguments.rule, known, n=1) or difflib.get_close_matches(
            arguments.rule.upper(), known, n=1
        )
        hint = f"; did you mean {close[0]!r}?" if close else "; `tslint rules` lists them"
        say(f"there is no rule {arguments.rule!r}{hint}")
        return 2
    if as_json:
        sys.stdout.write(report.as_json(report.as_object(rule, examples.of(rule))))
    else:
        sys.stdout.write(report.explain(rule, examples.of(rule), color=wants_color(sys.stdout)))
    return 0
