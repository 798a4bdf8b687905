#!/usr/bin/env python3
"""How well does tslint agree with the recorded verdicts of the real compiler on public packages?

    python benchmarks/agreement.py --corpora DIR --truth DIR [PACKAGE ...]

``--truth`` is a folder of recorded verdicts (``corpora.json``, ``*-truth.jsonl.gz``), ``--corpora`` the
folder with the packages' sources that ``corpora.json`` names; the environment's ``TSLINT_TRUTH`` and
``TSLINT_CORPORA`` stand in for them. ``README.md`` beside this file says how things are counted.
"""

from __future__ import annotations

import argparse
import ast
import gzip
import json
import os
import re
import subprocess
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

#: Families of messages, first match wins.
FAMILIES: tuple[tuple[str, str], ...] = (
    (
        "front end",
        r"aren't supported|take variable number of arguments|is not supported$|Don't support"
        r"|^Only a single generator|^Comprehension ifs|unsupported kind of augmented|^Dict expansion"
        r"|^Unknown Constant expression|names of variables used in JIT"
        r"|object has no attribute '(range|lineno|id)'"
        r"|^Type annotations on instance|^Division of ints|^Number of type annotations|expected type comment"
        r"|^Return type line|^The annotation prefix|^Expected a single top-level|must have a self argument"
        r"|^invalid method signature|^__init__\(\): incompatible",
    ),
    (
        "annotations",
        r"^Unknown type (name|constructor|annotation)|^Unsupported annotation"
        r"|cannot be used in a type expression"
        r"|without a contained type|exactly (one|2) element type|^Can(not| not) create"
        r"|subscripted|Broadcastable",
    ),
    (
        "attributes of modules",
        r"^Module '|^Tried to (access|set)|failed to (convert|compile)|must be initialized"
        r"|^Could not get name|__torch__.*object has no attribute|nn\.Module",
    ),
    (
        "calls and schemas",
        r"^Arguments for call|Expected (a value|at most)|^Unknown builtin op|[kK]eyword argument|not provided"
        r"|^\S*\(.*\) ->|Could not match type|unknown keyword",
    ),
    (
        "values and builtins",
        r"python value|^undefined value|get source|^Cannot instantiate"
        r"|cannot be used as a (value|module)"
        r"|^Could not (find|resolve)|is not callable|[cC]annot call|not usable|weak reference",
    ),
    ("types, branches, returns", ""),
)


@dataclass
class Truth:
    """The recorded verdicts of one package."""

    root: Path
    lint: list[str]
    accepted: set[tuple[str, int, int]] = field(default_factory=set)
    sites: dict[tuple[str, int], tuple[int, str]] = field(default_factory=dict)


@dataclass
class Score:
    """What was counted for one package."""

    package: str
    accepted: int
    sites: int
    found: int
    exact: int
    findings: int
    seconds: float
    alarms: list[tuple[str, int, dict[str, Any]]]
    misses: list[tuple[str, int, str]]
    families: dict[str, list[int]]


def family(message: str) -> str:
    """The family of a compiler message."""
    for name, pattern in FAMILIES:
        if re.search(pattern, message):
            return name
    raise AssertionError("the last pattern matches everything")


def records(path: Path) -> Iterator[dict[str, Any]]:
    """The records of a gzipped file of JSON lines."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


@cache
def forward_lines(path: str) -> dict[int, tuple[int, int]]:
    """The lines of ``forward`` for each line its class can be said to start at (decorators included)."""
    spans: dict[int, tuple[int, int]] = {}
    for node in ast.walk(ast.parse(Path(path).read_bytes())):
        if isinstance(node, ast.ClassDef):
            for method in node.body:
                if isinstance(method, ast.FunctionDef) and method.name == "forward":
                    for line in (node.lineno, *(decorator.lineno for decorator in node.decorator_list)):
                        spans[line] = (method.lineno, method.end_lineno or method.lineno)
    return spans


def load(truth: Path, corpora: Path, package: str) -> Truth:
    """Read one package's verdicts.

    Raises:
        FileNotFoundError: the package's sources are not there.
    """
    meta = json.loads((truth / "corpora.json").read_text())[package]
    root = corpora / meta["dir"]
    if not root.is_dir():
        raise FileNotFoundError(root)
    result = Truth(root, meta["lint"])
    for record in records(truth / meta["truth"]):
        path = os.path.realpath(root / record["path"])
        error = record["error"] or {}
        if record["outcome"] == "accept":
            if record["kind"] == "function":
                result.accepted.add((path, record["first_line"], record["last_line"]))
            elif span := forward_lines(path).get(record["first_line"]):
                result.accepted.add((path, *span))
        elif record["outcome"] == "reject" and error.get("line"):
            blamed = os.path.realpath(root / (error.get("file") or record["path"]))
            if os.path.exists(blamed):
                last = error.get("line_end") or error["line"]
                result.sites.setdefault((blamed, error["line"]), (last, error["message"]))
    return result


def lint(command: list[str], truth: Truth) -> tuple[list[dict[str, Any]], float]:
    """Run tslint over a package, every definition a target.

    Raises:
        RuntimeError: the run failed.
    """
    paths = [str(truth.root / path) for path in truth.lint]
    options = ["--output-format", "json", "--mode", "script", "--targets", "all", "--no-cache"]
    start = time.perf_counter()
    done = subprocess.run([*command, *options, *paths], capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        raise RuntimeError(f"tslint exit {done.returncode}: {done.stderr[-2000:]}")
    return json.loads(done.stdout), time.perf_counter() - start


def score(package: str, truth: Truth, findings: list[dict[str, Any]], seconds: float) -> Score:
    """Compare findings and verdicts."""
    by_file: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for finding in findings:
        by_file[os.path.realpath(finding["filename"])].append(finding)
    result = Score(package, len(truth.accepted), len(truth.sites), 0, 0, len(findings), seconds, [], [], {})
    for path, first, last in sorted(truth.accepted):
        for finding in by_file[path]:
            if finding["severity"] == "error" and first <= finding["location"]["row"] <= last:
                result.alarms.append((path, first, finding))
                break
    result.families = {name: [0, 0, 0] for name, _ in FAMILIES}
    for (path, line), (last, message) in sorted(truth.sites.items()):
        covering = [f for f in by_file[path] if f["location"]["row"] <= last and f["end_location"]["row"] >= line]
        exact = any(f["location"]["row"] == line for f in covering)
        count = result.families[family(message)]
        count[0] += 1
        count[1] += bool(covering)
        count[2] += exact
        result.found += bool(covering)
        result.exact += exact
        if not exact:
            result.misses.append((path, line, message))
    return result


def percent(part: int, whole: int) -> str:
    """A share, or a dash where there is nothing to share."""
    return f"{part / whole:.1%}" if whole else "–"


def report(scores: list[Score]) -> str:
    """The tables, in Markdown."""
    rows = ["| package | accepted | alarms | sites | found | at the line | recall at the line | findings |",
            "|---|---:|---:|---:|---:|---:|---:|---:|"]  # fmt: skip
    total = [0] * 6
    for s in scores:
        values = [s.accepted, len(s.alarms), s.sites, s.found, s.exact, s.findings]
        total = [a + b for a, b in zip(total, values, strict=True)]
        rows.append(_row(s.package, values))
    rows.append(_row("**all**", total))
    rows += ["", "| messages | sites | found | at the line | recall at the line |"]
    rows += ["|---|---:|---:|---:|---:|"]
    for name, _ in FAMILIES:
        sites, found, exact = (sum(s.families[name][i] for s in scores) for i in range(3))
        rows.append(f"| {name} | {sites} | {found} | {exact} | {percent(exact, sites)} |")
    alarms = Counter(f"{f['code']} {f['name']}" for s in scores for _, _, f in s.alarms)
    if alarms:
        rows += ["", "| alarms by rule | targets |", "|---|---:|"]
        rows += [f"| {name} | {count} |" for name, count in alarms.most_common()]
    return "\n".join(rows) + "\n"


def _row(name: str, values: list[int]) -> str:
    accepted, alarms, sites, found, exact, findings = values
    cells = [name, accepted, alarms, sites, found, exact, percent(exact, sites), findings]
    return f"| {' | '.join(map(str, cells))} |"


def show(scores: list[Score], what: str, families: list[str], limit: int) -> None:
    """Print misses (line by line, with the compiler's message) or alarms."""
    shown = 0
    for s in scores:
        lines = (
            [f"{p}:{n}: [{family(m)}] {m}" for p, n, m in s.misses if not families or family(m) in families]
            if what == "misses"
            else [f"{p}:{f['location']['row']}: {f['code']} {f['message']}" for p, _, f in s.alarms]
        )
        for line in lines:
            if shown == limit:
                return
            shown += 1
            print(line.replace("\n", " ")[:300])


def main() -> int:
    """Run; 0, or 1 where a bound given by an option is broken."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("package", nargs="*", help="default: all of corpora.json")
    parser.add_argument("--corpora", default=os.environ.get("TSLINT_CORPORA"))
    parser.add_argument("--truth", default=os.environ.get("TSLINT_TRUTH"))
    own = [sys.executable, "-m", "torchscript_lint"]
    parser.add_argument("--tslint", nargs="+", default=own, metavar="WORD", help="the command to run")
    parser.add_argument("--show", choices=["misses", "alarms"])
    parser.add_argument("--family", action="append", default=[], choices=[name for name, _ in FAMILIES])
    parser.add_argument("--limit", type=int, default=100, help="how many lines --show prints")
    parser.add_argument("--write", metavar="FILE", help="write the tables there")
    parser.add_argument("--min-front-end", type=float, help="least recall at the line of front-end messages")
    parser.add_argument("--max-alarms", type=int, help="most alarms")
    args = parser.parse_args()
    if not args.corpora or not args.truth:
        parser.error("--corpora and --truth (or TSLINT_CORPORA and TSLINT_TRUTH) are needed")
    truth_dir, corpora = Path(args.truth), Path(args.corpora)
    scores = []
    for package in args.package or list(json.loads((truth_dir / "corpora.json").read_text())):
        try:
            truth = load(truth_dir, corpora, package)
            findings, seconds = lint(args.tslint, truth)
        except (FileNotFoundError, RuntimeError) as error:
            print(f"{package}: {error}", file=sys.stderr)
            return 2
        scores.append(score(package, truth, findings, seconds))
        print(f"{package}: {seconds:.1f} s", file=sys.stderr)
    if args.show:
        show(scores, args.show, args.family, args.limit)
    text = report(scores)
    print(text)
    if args.write:
        head = "# Agreement with torch.jit.script (torch 2.13.0)\n\nMade by `benchmarks/agreement.py`.\n\n"
        Path(args.write).write_text(head + text, encoding="utf-8")
    sites, exact = (sum(s.families["front end"][i] for s in scores) for i in (0, 2))
    too_few = args.min_front_end is not None and exact < args.min_front_end * sites
    too_many = args.max_alarms is not None and sum(len(s.alarms) for s in scores) > args.max_alarms
    return int(too_few or too_many)


if __name__ == "__main__":
    sys.exit(main())
