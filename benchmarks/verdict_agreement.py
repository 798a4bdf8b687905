#!/usr/bin/env python3
"""Are the verdicts of ``tslint report`` those of the real compiler?

    python benchmarks/verdict_agreement.py --corpora DIR --truth DIR --write benchmarks/verdict_agreement.md

Reads the recorded verdicts on module classes that ``agreement.py`` reads, and compares each with the verdict
on the class. ``README.md`` beside this file says what is counted.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from agreement import family, records

from torchscript_lint import library
from torchscript_lint.verdicts import Module, assess_paths

_HEAD = """# Verdicts on modules: ours and the compiler's

Written by `python benchmarks/verdict_agreement.py --write benchmarks/verdict_agreement.md` on torch {torch}: the
verdict of `tslint report` on each module class whose instances the real `torch.jit.script` was asked about.
`README.md` says how.

| | modules | "scripts", and it does | "scripts", rejected | "does not script", and so it is | \
"does not script", accepted | "in some configurations": accepted, rejected | no verdict |
|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Row:
    """One module class."""

    name: str
    path: str
    accepted: bool
    verdict: str
    message: str


def rows(truth: Path, corpora: Path, package: str) -> list[Row]:
    """The classes of one package of which something was recorded."""
    meta = json.loads((truth / "corpora.json").read_text())[package]
    root = corpora / meta["dir"]
    asked: dict[tuple[str, str], dict[str, Any]] = {}
    for record in records(truth / meta["truth"]):
        if record["kind"] == "module" and record["outcome"] in ("accept", "reject"):
            asked[os.path.realpath(root / record["path"]), record["qualname"]] = record
    report = assess_paths(sorted({path for path, _ in asked})).report
    ours: dict[tuple[str, str], Module] = {
        (os.path.realpath(module.path), module.name): module for module in report.given
    }
    found = []
    for (path, name), record in asked.items():
        module = ours.get((path, name))
        verdict = module.script.state if module is not None else "unknown"
        message = (record["error"] or {}).get("message", "").split("\n", 1)[0]
        found.append(Row(name, record["path"], record["outcome"] == "accept", verdict, message))
    return found


def line(package: str, found: Sequence[Row]) -> str:
    """One row of the table."""
    counts = Counter(("yes" if row.verdict == "open" else row.verdict, row.accepted) for row in found)
    unknown = counts["unknown", True] + counts["unknown", False]
    return (
        f"| {package} | {len(found)} | {counts['yes', True]} | {counts['yes', False]} | {counts['no', False]} "
        f"| {counts['no', True]} | {counts['sometimes', True]}, {counts['sometimes', False]} | {unknown} |\n"
    )


def differences(package: str, found: Sequence[Row]) -> str:
    """The classes on which both differ, by the compiler's family of messages."""
    text = ""
    for row in sorted(found, key=lambda row: (row.accepted, family(row.message), row.message, row.name)):
        if row.accepted and row.verdict == "no":
            text += f"- `{row.name}` ({row.path}): we say that it does not script\n"
        elif not row.accepted and row.verdict in ("yes", "open"):
            note = ", if the parts it is given do" if row.verdict == "open" else ""
            said = row.message.replace("|", "\\|")[:140]
            text += f"- `{row.name}` ({row.path}): we say that it scripts{note}; {family(row.message)}: {said}\n"
    return f"\n### {package}\n\n{text}" if text else ""


def main(argv: Sequence[str] | None = None) -> int:
    """0 where nothing that the compiler accepts is said not to script."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="*", help="all that the truth names, if none is given")
    parser.add_argument("--corpora", type=Path, default=os.environ.get("TSLINT_CORPORA"))
    parser.add_argument("--truth", type=Path, default=os.environ.get("TSLINT_TRUTH"))
    parser.add_argument("--write", type=Path, metavar="FILE")
    arguments = parser.parse_args(argv)
    if arguments.corpora is None or arguments.truth is None:
        parser.error("--corpora and --truth are needed")
    truth, corpora = Path(arguments.truth), Path(arguments.corpora)
    packages = arguments.packages or [
        name
        for name, meta in json.loads((truth / "corpora.json").read_text()).items()
        if (corpora / meta["dir"]).is_dir()
    ]
    table, below, wrong = "", "", 0
    for package in packages:
        found = rows(truth, corpora, package)
        table += line(package, found)
        below += differences(package, found)
        wrong += sum(row.accepted and row.verdict == "no" for row in found)
    text = _HEAD.format(torch=library.version()) + table + "\n## Where they differ\n" + (below or "\nNowhere.\n")
    if arguments.write:
        arguments.write.write_text(text, encoding="utf-8")
    else:
        print(text)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
