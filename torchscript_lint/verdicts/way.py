"""Which way to go, and why, in one sentence."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence

from torchscript_lint.findings import Finding
from torchscript_lint.verdicts.model import Side, Way

#: Rules about a path that the inputs choose: scripting keeps both paths, tracing one.
BRANCHES = frozenset(
    {
        "TS701", "TS702", "TS703", "TS708", "TS711", "TS713", "TS801", "TS802", "TS803", "TS804", "TS806",
        "TS808", "TS812",
    }
)  # fmt: skip
_GOOD = ("yes", "open", "sometimes")


def decide(
    script: Side,
    trace: Side,
    findings: Sequence[Finding],
    helpers: Sequence[str],
    open_parts: Sequence[str],
    path: str,
) -> Way:
    """The way to go.

    Args:
        script, trace: the two answers.
        findings: what their places refer to.
        helpers: functions and parts that script, and in which everything lies that tracing would lose;
            empty where there are none.
        open_parts: names of parts whose class the source does not tell.
        path: the module's file; places in others are named with theirs.
    """
    if script.state == "unknown":
        return Way("unknown", "unknown", _sentence(script.reason))
    if trace.state == "none" and script.state != "no":
        why = "it has no forward of its own: whoever holds it compiles or records what it calls"
        return Way("nothing", "nothing to run", _sentence(why))
    if script.state == "no":
        return _not_scripting(script, trace, findings, helpers, path)
    if trace.state == "unknown":
        return Way("script", "script it", _sentence(f"it scripts, and for tracing: {trace.reason}"))
    return _scripting(script, trace, findings, open_parts, path)


def _not_scripting(script: Side, trace: Side, findings: Sequence[Finding], helpers: Sequence[str], path: str) -> Way:
    lines = lines_to_fix(script, findings)
    blocked = f"{_count(lines, 'line keeps', 'lines keep')} it from scripting ({_rules(script, findings)})"
    if trace.state in _GOOD:
        branches = _branches(trace, findings)
        if branches:
            note = f"watch {_places(branches, path)}, where an example input may decide for all inputs"
        else:
            note = "the tracer loses nothing that the source shows"
        return Way("trace", "trace it", _sentence(f"{blocked}; {note}"))
    if trace.state == "no" and helpers:
        what = f"what tracing would lose lies in {_list(helpers)}, which scripts by itself"
        return Way("helper", "trace it with a scripted helper", _sentence(f"{blocked}, but {what}"))
    title = f"script it after fixing {_count(lines, 'line', 'lines')}"
    if trace.state == "none":
        return Way("fix", title, _sentence(blocked))
    if trace.state == "unknown":
        return Way("fix", title, _sentence(f"{blocked}; for tracing: {trace.reason}"))
    lost = f"tracing would be wrong at {_places([findings[r.finding] for r in trace.errors], path)}"
    return Way("fix", title, _sentence(f"{blocked}, and {lost}"))


def _scripting(script: Side, trace: Side, findings: Sequence[Finding], open_parts: Sequence[str], path: str) -> Way:
    if script.state == "sometimes":
        says = f"it scripts, except in some configurations ({_rules(script, findings)})"
    elif script.state == "open" and open_parts:
        says = f"nothing in it keeps it from scripting, if {_list([f'self.{name}' for name in open_parts])} can"
    else:
        says = "nothing keeps it from scripting"
    if script.unsaved:
        python = _places([findings[reached.finding] for reached in script.unsaved], path)
        says += f", but it cannot be saved, as {python} would still call Python"
        if trace.state in _GOOD and not trace.warnings:
            return Way("trace", "trace it", _sentence(f"{says}; the tracer follows the call and loses nothing"))
    if trace.state == "no":
        lost = _places([findings[reached.finding] for reached in trace.errors], path)
        return Way("script", "script it", _sentence(f"{says}; tracing would be wrong at {lost}"))
    branches = _branches(trace, findings)
    if branches:
        why = f"{says}, and it keeps both sides of {_places(branches, path)}, where tracing keeps one"
        return Way("script", "script it", _sentence(why))
    if trace.warnings:
        look = _places([findings[reached.finding] for reached in trace.warnings], path)
        return Way("script", "script it", _sentence(f"{says}; tracing may lose something at {look}"))
    if script.state == "sometimes":
        why = f"tracing loses nothing, while scripting fails in some configurations ({_rules(script, findings)})"
        return Way("trace", "trace it", _sentence(why))
    return Way("either", "script it or trace it", _sentence(f"{says}, and tracing loses nothing"))


def lines_to_fix(script: Side, findings: Sequence[Finding]) -> int:
    """On how many lines something keeps a module from scripting."""
    places = {(findings[r.finding].path, findings[r.finding].row) for r in script.errors}
    return len(places | {(part.path, part.row) for part in script.refused})


def _branches(trace: Side, findings: Sequence[Finding]) -> list[Finding]:
    return [
        findings[reached.finding]
        for reached in (*trace.errors, *trace.warnings)
        if findings[reached.finding].code in BRANCHES
    ]


def _rules(side: Side, findings: Sequence[Finding]) -> str:
    """The rules that speak against it, the most frequent first."""
    reached = side.errors or side.warnings
    counts = Counter(findings[r.finding].code for r in reached)
    names = {findings[r.finding].code: findings[r.finding].name for r in reached}
    ranked = sorted(counts, key=lambda code: (-counts[code], code))
    shown = [names[code] for code in ranked[:3]]
    shown += sorted({part.cls.replace("torch.nn.modules.", "nn.") for part in side.refused})[:2]
    if len(ranked) > 3:
        shown.append("…")
    return ", ".join(shown)


def _places(found: Sequence[Finding], path: str) -> str:
    """``line 12``, ``drop.py:12``, ``lines 3 and 7``, ``5 lines in 2 files``."""
    places = sorted({(finding.path, finding.row) for finding in found})
    files = {place[0] for place in places}
    if files == {path} and len(places) <= 3:
        rows = [str(row) for _, row in places]
        return f"line {rows[0]}" if len(rows) == 1 else f"lines {_list(rows)}"
    if len(places) <= 2:
        return _list([f"{os.path.basename(file)}:{row}" for file, row in places])
    where = (
        ""
        if files == {path}
        else f" in {len(files)} files"
        if len(files) > 1
        else f" of {os.path.basename(places[0][0])}"
    )
    return f"{len(places)} lines{where}"


def _list(names: Sequence[str]) -> str:
    shown = [*names[:3], *(["others"] if len(names) > 3 else [])]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return text[:1].upper() + text[1:] + "."
