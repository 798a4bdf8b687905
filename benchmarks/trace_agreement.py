#!/usr/bin/env python3
"""How well does tslint agree with recorded traces of real models of public packages?

    python benchmarks/trace_agreement.py --corpora DIR --truth DIR [--output FILE] [PACKAGE ...]

``--truth`` is a folder of recorded traces (``corpora.json``, ``*-trace.jsonl.gz``), ``--corpora`` the
folder with the packages' sources that ``corpora.json`` names. Counted are:

- *warned lines*: distinct lines of the package that a ``TracerWarning`` named, and how many of them have a
  finding;
- *clean forwards*: ``forward`` methods whose module was traced without a warning, and how many have an error
  in them;
- *errors judged*: errors in ``forward`` methods of modules that were traced, and how many are on a line
  that a warning named. One of a rule about which the tracer is silent counts as not confirmed, and so does
  one on a line that the recorded configuration did not reach.

With ``--wild DIR --site DIR``, a second table is about the records that ``trace_oracle.py`` wrote into DIR
(``PACKAGE-trace.jsonl``, or ``.gz``) of packages in a site-packages folder. Those know which lines ran:

- *errors executed*: errors on lines that ran in a trace, and how many are confirmed: by a warning or a
  failure at the line, or, of the rules about which the tracer is silent, by a traced model that ran it and
  fails, or gives something else than the eager one, on other inputs.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

PACKAGES = ("torch", "torchvision", "timm", "kornia")
_KINDS = ("boolean", "integer", "float", "number", "list", "NumPy", "constants", "Iterating", "len")


#: Rules about which the tracer says nothing.
_SILENT = frozenset({"TS710", "TS711", "TS712", "TS714", "TS715", "TS716", "TS717", "TS718", "TS820", "TS822"})


@dataclass
class Truth:
    """What was recorded: warned lines and their kinds, spans of traced and of clean ``forward`` methods."""

    warned: dict[tuple[str, int], str] = field(default_factory=dict)
    traced: set[tuple[str, int, int]] = field(default_factory=set)
    clean: set[tuple[str, int, int]] = field(default_factory=set)


@cache
def classes(path: Path) -> dict[str, tuple[int, int]]:
    """The span of ``forward`` by the name of the class whose body it stands in."""
    result: dict[str, tuple[int, int]] = {}
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.name == "forward":
                    result[node.name] = (method.lineno, method.end_lineno or method.lineno)
    return result


def kind(message: str) -> str:
    """The kind of a warning."""
    return next((word for word in _KINDS if word in message), "other")


def recorded(root: Path, file: Path) -> Truth:
    """Read the recorded traces of one package."""
    truth = Truth()
    with gzip.open(file, "rt") as lines:
        for line in lines:
            record: dict[str, Any] = json.loads(line)
            if record.get("mocked") or record.get("no_input") or record.get("eager") not in (None, "ok", True):
                continue
            for warning in record["warnings"]:
                path = root / warning["file"]
                if path.exists():
                    place = (str(path.resolve()), warning["line"])
                    truth.warned.setdefault(place, kind(warning["message"]))
            path = root / record["path"]
            span = classes(path).get(record["qualname"].split(".")[-1]) if path.exists() else None
            if span is not None and not record["raised"]:
                truth.traced.add((str(path.resolve()), *span))
                if not record["warnings"]:
                    truth.clean.add((str(path.resolve()), *span))
    return truth


def findings(command: str, paths: list[str]) -> tuple[list[dict[str, Any]], float]:
    """Run tslint; its findings, and the seconds it took."""
    start = time.perf_counter()
    arguments = [
        command,
        "--output-format",
        "json",
        "--mode",
        "trace",
        "--targets",
        "all",
        "--no-cache",
        *paths,
    ]
    run = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if run.returncode not in (0, 1):
        sys.exit(f"tslint failed: {run.stderr[-2000:]}")
    return json.loads(run.stdout or "[]"), time.perf_counter() - start


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The records of a file whose class was traced."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as lines:
        return [record for record in map(json.loads, lines) if record["outcome"] == "traced"]


def wild(folder: Path, site: Path, command: str) -> list[str]:
    """The table about packages whose executed lines are known."""
    rows = [
        "| package | classes traced | warned lines | found | errors executed | confirmed |",
        "|---|---|---|---|---|---|",
    ]
    total = [0] * 5
    for file in sorted(folder.glob("*-trace.jsonl*")):
        records = lines_of(file)
        if not records:
            continue
        package, version = records[0]["package"], records[0]["version"]
        warned = {(str(site / warning["file"]), warning["line"]) for one in records for warning in one["warnings"]}
        ran: dict[tuple[str, int], list[dict[str, Any]]] = {}
        for one in records:
            for path, parts in one["executed"].items():
                for first, last in parts:
                    for line in range(first, last + 1):
                        ran.setdefault((str(site / path), line), []).append(one)
        found, _ = findings(command, [str(site / package)])
        places = [set(_place(finding)) for finding in found]
        covered = set().union(*places)
        errors = {
            (finding["filename"], finding["location"]["row"], finding["code"]): place
            for finding, place in zip(found, places, strict=True)
            if finding["severity"] == "error" and place & ran.keys()
        }
        confirmed = 0
        for (_, _, code), place in errors.items():
            runs = [one for at in place for one in ran.get(at, ())]
            confirmed += bool(place & warned) or any(_shown(one, place, code in _SILENT, site) for one in runs)
        counts = [len(records), len(warned), len(warned & covered), len(errors), confirmed]
        total = [a + b for a, b in zip(total, counts, strict=True)]
        rows.append(f"| {package} {version} | " + " | ".join(map(str, counts)) + " |")
    share = f"{total[2]} ({total[2] / max(1, total[1]):.1%})", f"{total[4]} ({total[4] / max(1, total[3]):.1%})"
    rows.append(f"| together | {total[0]} | {total[1]} | {share[0]} | {total[3]} | {share[1]} |")
    return rows


def _place(finding: dict[str, Any]) -> list[tuple[str, int]]:
    rows = range(finding["location"]["row"], finding["end_location"]["row"] + 1)
    return [(finding["filename"], row) for row in rows]


def _shown(record: dict[str, Any], place: set[tuple[str, int]], silent: bool, site: Path) -> bool:
    """Whether one record shows that an error is right."""
    raised = record["raised"]
    if raised and (str(site / raised.get("file", "")), raised.get("line")) in place:
        return True
    return silent and bool(raised or record["differs"])


def main() -> None:
    """Print the table as Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("packages", nargs="*", default=list(PACKAGES))
    parser.add_argument("--corpora", type=Path, required=True)
    parser.add_argument("--truth", type=Path, required=True)
    parser.add_argument("--command", default="tslint")
    parser.add_argument("--wild", type=Path)
    parser.add_argument("--site", type=Path)
    parser.add_argument("--output", type=Path)
    options = parser.parse_args()
    meta = json.loads((options.truth / "corpora.json").read_text())
    rows = [
        "| package | warned lines | found | clean forwards | with an error | errors judged | confirmed | seconds |",
        "|---|---|---|---|---|---|---|---|",
    ]
    by_kind: Counter[tuple[str, bool]] = Counter()
    for package in options.packages:
        entry = meta[package]
        root = (options.corpora / entry["dir"]).resolve()
        truth = recorded(root, options.truth / entry["trace"])
        found, seconds = findings(options.command, [str(root / path) for path in entry["lint"]])
        lines: dict[str, list[tuple[int, int, bool]]] = {}
        for finding in found:
            first, last = finding["location"]["row"], finding["end_location"]["row"]
            path = str(Path(finding["filename"]).resolve())
            lines.setdefault(path, []).append((first, last, finding["severity"] == "error"))
        hits = 0
        for (path, line), name in truth.warned.items():
            hit = any(first <= line <= last for first, last, _ in lines.get(path, ()))
            hits += hit
            by_kind[name, hit] += 1
        alarms = sum(
            any(error and first <= row <= last for row, _, error in lines.get(path, ()))
            for path, first, last in truth.clean
        )
        judged = {
            (path, row, end)
            for path, first, last in truth.traced
            for row, end, error in lines.get(path, ())
            if error and first <= row <= last
        }
        confirmed = sum(any((path, line) in truth.warned for line in range(row, end + 1)) for path, row, end in judged)
        rows.append(
            f"| {package} {entry['requirement'].partition('==')[2]} | {len(truth.warned)} | {hits}"
            f" ({hits / max(1, len(truth.warned)):.1%}) | {len(truth.clean)} | {alarms}"
            f" | {len(judged)} | {confirmed}"
            f" | {seconds:.1f} |"
        )
    rows += ["", "| warning about | lines | found |", "|---|---|---|"]
    for name in sorted({name for name, _ in by_kind}):
        total = by_kind[name, True] + by_kind[name, False]
        rows.append(f"| {name} | {total} | {by_kind[name, True]} |")
    if options.wild and options.site:
        rows += ["", *wild(options.wild, options.site.resolve(), options.command)]
    text = "\n".join(rows) + "\n"
    print(text, end="")
    if options.output:
        options.output.write_text(text)


if __name__ == "__main__":
    main()
