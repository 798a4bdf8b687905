"""A report in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from torchscript_lint.verdicts.model import SCRIPT_STATES, TRACE_STATES, WAYS, Report


@dataclass(frozen=True, slots=True)
class BlockingRule:
    """A rule that keeps modules from scripting.

    Attributes:
        code, name: the rule's.
        findings: at how many places it does.
        modules: how many of the given modules these concern.
    """

    code: str
    name: str
    findings: int
    modules: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The numbers of the given modules.

    Attributes:
        modules: how many there are.
        files: in how many files.
        script, trace, ways: how many have each state, or are to go each way; every key is there.
        scripting: how many script, those among them whose parts come from outside.
        tracing: how many trace faithfully, counted alike.
        blocking: the rules that keep them from scripting, those of most modules first.
    """

    modules: int
    files: int
    script: Mapping[str, int]
    trace: Mapping[str, int]
    ways: Mapping[str, int]
    scripting: int
    tracing: int
    blocking: tuple[BlockingRule, ...]


def summarise(report: Report) -> Summary:
    """The numbers of a report."""
    given = report.given
    script = Counter(module.script.state for module in given)
    trace = Counter(module.trace.state for module in given)
    ways = Counter(module.way.kind for module in given)
    places: dict[tuple[str, str], set[int]] = {}
    concerned: dict[tuple[str, str], int] = {}
    for module in given:
        rules = {(report.findings[r.finding].code, report.findings[r.finding].name) for r in module.script.errors}
        for rule in rules:
            concerned[rule] = concerned.get(rule, 0) + 1
        for reached in module.script.errors:
            finding = report.findings[reached.finding]
            places.setdefault((finding.code, finding.name), set()).add(reached.finding)
    blocking = [BlockingRule(*rule, len(places[rule]), concerned[rule]) for rule in concerned]
    blocking.sort(key=lambda rule: (-rule.modules, -rule.findings, rule.code))
    return Summary(
        len(given),
        len({module.path for module in given}),
        {state: script[state] for state in SCRIPT_STATES},
        {state: trace[state] for state in TRACE_STATES},
        {way: ways[way] for way in WAYS},
        script["yes"] + script["open"],
        trace["yes"] + trace["open"],
        tuple(blocking),
    )


def percent(part: int, whole: int) -> int:
    """A share, rounded so that neither "all" nor "none" is said of less or more."""
    if not whole or part in (0, whole):
        return 100 if whole and part == whole else 0
    return min(max(round(100 * part / whole), 1), 99)
