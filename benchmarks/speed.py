"""CPU time of tslint against TorchFix and against libcst's bare parser, same files, one core, one run.

    pip install torchfix==0.7.0
    python benchmarks/speed.py --corpora DIR timm transformers --write benchmarks/speed.md

``DIR`` holds the unpacked sources of the packages, a folder each. Every contender is a process of its own that
is pinned to one core; user and system time of it and its children are counted, the start of Python included.
All run from bytecode, as pip leaves them (a checkout has none, where Python is told not to write any).
The ratios are what counts: the seconds depend on the machine. ``--stages`` measures, inside this process, what
reading the targets costs (parse every file, lower what is compiled), what evaluating ``__init__`` does and what the
type checker does, beside libcst's bare parser.
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
from typing import Any

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


def stages(folder: Path, most: int, targets: str) -> str:
    """Seconds of reading, of instances and of the type checker, each by itself, in this process."""
    from torchscript_lint.program import Class, Function, Program
    from torchscript_lint.program.classes import is_module
    from torchscript_lint.program.instances import default_instance, instance
    from torchscript_lint.script import check
    from torchscript_lint.script.definitions import definitions

    gc.disable()
    files = files_of(folder, most)
    # What a run lowers, and which classes it looks at, is seen on a program of its own: tslint reads targets only.
    program = Program(files)
    modules = [program.load(file) for file in files]
    for module in modules:
        check(program, module, targets)
    known = {
        _place(definition)
        for module in modules
        for definition in definitions(module)
        if "tree" in vars(definition) or definition in program._instances  # type: ignore[attr-defined]
    }
    start = time.process_time()
    program = Program(files)
    modules = [program.load(file) for file in files]
    used = [found for module in modules for found in definitions(module) if _place(found) in known]
    for definition in used:
        if isinstance(definition, Function):
            assert definition.tree  # kept: the checker does not lower it again
    reading = time.process_time() - start
    start = time.process_time()
    for definition in used:
        if isinstance(definition, Class) and is_module(definition):
            instance(program, definition)
            default_instance(definition)
    making = time.process_time() - start
    start = time.process_time()
    for module in modules:
        check(program, module, targets)
    checking = time.process_time() - start
    parsing = _parsing(files)
    return (
        f"| {folder.name} ({len(files)} files), {targets} | {parsing:.2f} | {reading:.2f} | {making:.2f} "
        f"| {checking:.2f} | {checking / reading:.0%} | {(making + checking) / parsing:.0%} |"
    )


def _place(definition: Any) -> tuple[str, int, int]:
    return definition.module.path, definition.node.lineno, definition.node.col_offset


def _parsing(files: Sequence[str]) -> float:
    import libcst

    start = time.process_time()
    for file in files:
        libcst.parse_module(Path(file).read_bytes())
    return time.process_time() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="+")
    parser.add_argument(
        "--corpora", type=Path, default=os.environ.get("TSLINT_CORPORA"), required="TSLINT_CORPORA" not in os.environ
    )
    parser.add_argument("--most", type=int, default=400, help="files of a package at the most")
    parser.add_argument("--stages", action="store_true", help="what reading, instances and the checker cost")
    parser.add_argument("--write", type=Path, help="also write the table to this file")
    args = parser.parse_args()
    if args.stages:
        rows = [
            "| files, targets | libcst parse, s | parse and lower, s | instances, s | checker, s "
            "| checker / parse and lower | instances and checker / libcst parse |",
            "|---|---|---|---|---|---|---|",
        ]
        rows += [stages(args.corpora / package, args.most, way) for package in args.packages for way in ("auto", "all")]
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
