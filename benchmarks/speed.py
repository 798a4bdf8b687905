"""CPU time of tslint against TorchFix and against libcst's bare parser, same files, one core, one run.

    pip install torchfix==0.7.0
    python benchmarks/speed.py --corpora DIR timm transformers --write benchmarks/speed.md

``DIR`` holds the unpacked sources of the packages, a folder each. Every contender is a process of its own that
is pinned to one core; user and system time of it and its children are counted, the start of Python included.
All run from bytecode, as pip leaves them (a checkout has none, where Python is told not to write any).
The ratios are what counts: the seconds depend on the machine. ``--stages`` measures, inside this process, what
reading (parse and lower) costs and what the checker adds.
"""

from __future__ import annotations

import argparse
import compileall
import gc
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

_PACKAGE = Path(__file__).parent.parent / "torchscript_lint"
_LIBCST = (
    "import sys, libcst\nfor p in open(sys.argv[1]).read().split():\n    libcst.parse_module(open(p, 'rb').read())"
)


def cpu_seconds(command: Sequence[str]) -> float:
    """User and system seconds of a command and its children, on one core.

    Raises:
        SystemExit: the command could not do its work.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, preexec_fn=lambda: os.sched_setaffinity(0, {0})
    )
    if done.returncode not in (0, 1):
        sys.exit(f"{command[0]} failed with {done.returncode}: {done.stderr[-500:]}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def files_of(folder: Path, most: int) -> list[str]:
    """The Python files of a package; of a large one a sample, always the same."""
    found = sorted(map(str, folder.rglob("*.py")))
    if len(found) > most:
        found = sorted(random.Random(0).sample(found, most))
    return found


def line_count(files: Sequence[str]) -> int:
    """Lines of these files."""
    return sum(Path(file).read_bytes().count(b"\n") for file in files)


def compare(folder: Path, most: int) -> list[str]:
    """Rows of the table for one package."""
    files = files_of(folder, most)
    lines = line_count(files)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as listing:
        listing.write("\n".join(files))
        listing.flush()
        tslint = [
            sys.executable,
            "-m",
            "torchscript_lint",
            "--isolated",
            "--no-cache",
            "--output-format",
            "json",
            "--jobs",
            "1",
        ]
        seconds = {
            "TorchFix 0.7.0": cpu_seconds([sys.executable, "-m", "torchfix", "-j", "1", *files]),
            "libcst parse": cpu_seconds([sys.executable, "-c", _LIBCST, listing.name]),
            "tslint (auto, both modes)": cpu_seconds([*tslint, *files]),
            "tslint (all, script)": cpu_seconds([*tslint, "--targets", "all", "--mode", "script", *files]),
        }
    peer = seconds["TorchFix 0.7.0"]
    return [
        f"| {folder.name} ({len(files)} files, {lines:,} lines) | {name} | {value:.1f} | {lines / value:,.0f} |"
        f" {peer / value:.1f} × |"
        for name, value in seconds.items()
    ]


def stages(folder: Path, most: int) -> str:
    """Seconds of reading and of checking, in this process."""
    from torchscript_lint.program import Program
    from torchscript_lint.script import check
    from torchscript_lint.source.lower import lower_function

    gc.disable()
    files = files_of(folder, most)
    program = Program(files)
    start = time.process_time()
    modules = [program.load(file) for file in files]
    for module in modules:
        for function in module.functions.values():
            lower_function(function.node, module.source.lines)
        for cls in module.classes.values():
            for function in cls.functions.values():
                lower_function(function.node, module.source.lines)
    reading = time.process_time() - start
    start = time.process_time()
    for module in modules:
        check(program, module, "all")
    # Checking lowers what it reaches once more; that is reading's.
    checking = time.process_time() - start
    return f"| {folder.name} ({len(files)} files) | {reading:.2f} | {checking:.2f} | {checking / reading:.0%} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="+")
    parser.add_argument(
        "--corpora", type=Path, default=os.environ.get("TSLINT_CORPORA"), required="TSLINT_CORPORA" not in os.environ
    )
    parser.add_argument("--most", type=int, default=400, help="files of a package at the most")
    parser.add_argument("--stages", action="store_true", help="what the checker adds to parse and lower")
    parser.add_argument("--write", type=Path, help="also write the table to this file")
    args = parser.parse_args()
    if args.stages:
        rows = ["| package | parse and lower, s | check, s | check / parse and lower |", "|---|---|---|---|"]
        rows += [stages(args.corpora / package, args.most) for package in args.packages]
    else:
        compileall.compile_dir(_PACKAGE, quiet=1)
        rows = ["| package | contender | CPU s | lines / CPU s | against TorchFix |", "|---|---|---|---|---|"]
        for package in args.packages:
            rows += compare(args.corpora / package, args.most)
    text = "\n".join(rows) + "\n"
    print(text, end="")
    if args.write:
        args.write.write_text(text)


if __name__ == "__main__":
    main()
