#!/usr/bin/env python3
"""Does tslint survive whole packages? Every file, both modes, both target modes; a table of what is found.

    python benchmarks/crash.py --corpora DIR [--write FILE] [--seconds N] [PACKAGE ...]

``--corpora`` (or the environment's ``TSLINT_CORPORA``) is a folder with a folder of sources per package. Each file
is looked at in a program of its package, as the command does it but without the filter for files that cannot hold a
target. A crash, an internal error (TS002) and a file that takes longer than the limit are listed; the exit code says
whether there were any.
"""

from __future__ import annotations

import argparse
import gc
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from torchscript_lint import script, trace
from torchscript_lint.findings import Finding
from torchscript_lint.program import Module, Program
from torchscript_lint.rules import BY_CODE
from torchscript_lint.source.text import SourceError

CHECKS = {"script": script.check, "trace": trace.check}
RUNS = [(mode, targets) for mode in ("script", "trace") for targets in ("auto", "all")]


class Late(BaseException):
    """A file took too long. No Exception: nothing on the way is to catch it."""


@dataclass
class Result:
    """What was seen of one package.

    Attributes:
        counts: findings by rule, mode and target mode.
        failures: what went wrong, by file.
        seconds: CPU time by mode and target mode.
        slowest: the slowest file of each.
    """

    files: int = 0
    lines: int = 0
    unreadable: int = 0
    counts: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    seconds: Counter[tuple[str, str]] = field(default_factory=Counter)
    slowest: dict[tuple[str, str], tuple[float, str]] = field(default_factory=dict)


@contextmanager
def limit(seconds: int) -> Iterator[None]:
    """Raise :class:`Late` inside after so many seconds."""

    def late(signum: int, frame: FrameType | None) -> None:
        raise Late

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def run(package: Path, seconds: int) -> Result:
    """Look at every file of a package."""
    gc.disable()  # as the command does
    result = Result()
    paths = sorted(str(path) for path in package.rglob("*.py") if path.is_file())
    program = Program(paths)
    for path in paths:
        try:
            module = program.load(path)
        except SourceError:
            result.unreadable += 1
            continue
        result.files += 1
        result.lines += len(module.source.lines)
        for mode, targets in RUNS:
            _look(result, program, module, mode, targets, seconds)
    return result


def _look(result: Result, program: Program, module: Module, mode: str, targets: str, seconds: int) -> None:
    start = time.process_time()
    found: list[Finding] = []
    name = f"{module.path} ({mode}, {targets})"
    try:
        with limit(seconds):
            found = CHECKS[mode](program, module, targets)
    except Late:
        result.failures.append(f"{name}: more than {seconds} s")
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)
        place = f"{os.path.basename(frames[-1].filename)}:{frames[-1].lineno}"
        result.failures.append(f"{name}: {type(error).__name__}: {error} ({place})")
    spent = time.process_time() - start
    result.seconds[mode, targets] += spent
    if spent > result.slowest.get((mode, targets), (0.0, ""))[0]:
        result.slowest[mode, targets] = (spent, module.path)
    for finding in found:
        if finding.path == module.path:
            result.counts[_label(finding), mode, targets] += 1
        if finding.code == "TS002":
            result.failures.append(f"{finding.path}:{finding.row} ({mode}, {targets}): {finding.message}")
    if len({(f.path, f.row, f.column, f.code, f.message) for f in found}) < len(found):
        result.failures.append(f"{name}: the same finding twice")
    if found != sorted(found):
        result.failures.append(f"{name}: not in order")


def _label(finding: Finding) -> str:
    return f"{finding.code} {finding.name}" if finding.code in BY_CODE else f"(no rule) {finding.name}"


def table(results: dict[str, Result]) -> str:
    """The findings per rule and package, ``auto`` and ``all`` side by side."""
    packages = list(results)
    labels = sorted({label for result in results.values() for label, _, _ in result.counts})
    modes = {label: mode for result in results.values() for label, mode, _ in result.counts}
    out = ["| | " + " | ".join(packages) + " |", "|---|" + "---:|" * len(packages)]
    out.append("| files | " + " | ".join(f"{results[p].files:,}" for p in packages) + " |")
    out.append("| lines | " + " | ".join(f"{results[p].lines:,}" for p in packages) + " |")
    for mode, targets in RUNS:
        cells = (f"{results[p].seconds[mode, targets]:.0f}" for p in packages)
        out.append(f"| CPU seconds, {mode}, {targets} | " + " | ".join(cells) + " |")
    for label in labels:
        mode = modes[label]
        cells = (
            f"{results[p].counts[label, mode, 'auto']:,} / {results[p].counts[label, mode, 'all']:,}" for p in packages
        )
        out.append(f"| {label} | " + " | ".join(cells) + " |")
    return "\n".join(out) + "\n"


def main() -> int:
    """Run it; 0 if nothing went wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("package", nargs="*", help="default: every folder of --corpora")
    parser.add_argument(
        "--corpora", default=os.environ.get("TSLINT_CORPORA"), required="TSLINT_CORPORA" not in os.environ
    )
    parser.add_argument("--seconds", type=int, default=60, help="limit per file")
    parser.add_argument("--write", metavar="FILE", help="write the table there")
    args = parser.parse_args()
    root = Path(args.corpora)
    results: dict[str, Result] = {}
    for name in args.package or sorted(path.name for path in root.iterdir() if path.is_dir()):
        # A process of its own each: a package's trees take up to some gigabytes.
        with multiprocessing.Pool(1) as pool:
            result = results[name] = pool.apply(run, (root / name, args.seconds))
        spent = ", ".join(f"{mode} {targets} {result.seconds[mode, targets]:.1f} s" for mode, targets in RUNS)
        print(f"{name}: {result.files} files, {result.unreadable} unreadable; {spent}", file=sys.stderr)
        for (mode, targets), (seconds, path) in result.slowest.items():
            print(f"  slowest {mode} {targets}: {seconds:.1f} s {path}", file=sys.stderr)
        for failure in result.failures:
            print(f"  FAILED {failure}", file=sys.stderr)
    text = table(results)
    if args.write:
        head = (
            "# Findings per rule and package\n\nWritten by `crash.py`: findings with `--targets auto` / with"
            " `--targets all`, each file in a program of its package.\n\n"
        )
        Path(args.write).write_text(head + text, encoding="utf-8")
    else:
        print(text)
    return 1 if any(result.failures for result in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
