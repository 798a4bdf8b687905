"""Floor 7: the command. Arguments in, exit code out; no logic.

What a command needs is imported when it runs: ``--help`` and ``rule`` must not pay for the analyses.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from torchscript_lint.cli.resources import resources

__all__ = ["main"]


def main(argv: Sequence[str] | None = None) -> int:
    """Run ``tslint``.

    Args:
        argv: the arguments; where None those of the process, which then ends with this call.

    Returns:
        0: clean; 1: findings; 2: it could not do all of its work; 130: interrupted.
    """
    from torchscript_lint.cli.arguments import parse

    try:
        for stream in (sys.stdout, sys.stderr):
            # An encoding that lacks a character must not end the run.
            getattr(stream, "reconfigure", _ignore)(errors="backslashreplace")
        try:
            arguments = parse(sys.argv[1:] if argv is None else list(argv))
        except SystemExit as exit:  # argparse has said what is to be said
            sys.stdout.flush()
            return exit.code if isinstance(exit.code, int) else 2
        if arguments.verb == "check":
            from torchscript_lint.cli.check import run
        elif arguments.verb == "report":
            from torchscript_lint.cli.report import run
        else:
            from torchscript_lint.cli.rule import run
        with resources(for_good=argv is None):
            code = run(arguments)
        sys.stdout.flush()
        return code
    except BrokenPipeError:
        # The reader (head, less) has seen enough. Python would complain again when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return 130


def _ignore(**_: object) -> None:
    """A stream that is no text file has nothing to be set."""
