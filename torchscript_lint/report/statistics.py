"""How often each rule fired."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from torchscript_lint.findings import Finding


def render(findings: Iterable[Finding]) -> str:
    """A line for each rule that fired, the most frequent first: count, code, name, severity."""
    counts = Counter((finding.code, finding.name, finding.severity) for finding in findings)
    if not counts:
        return ""
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    digits = len(str(ranked[0][1]))
    names = max(len(name) for (_, name, _), _ in ranked)
    return "".join(
        f"{count:>{digits}}  {code}  {name:<{names}}  {severity}\n" for (code, name, severity), count in ranked
    )


def summary(findings: Iterable[Finding], files: int) -> str:
    """One line that says how the run went."""
    found = list(findings)
    looked = f"{files} file{'' if files == 1 else 's'}"
    if not found:
        return f"No findings in {looked}."
    severities = Counter(finding.severity for finding in found)
    parts = [f"{count} {severity}{'' if count == 1 else 's'}" for severity, count in sorted(severities.items())]
    places = len({finding.path for finding in found})
    return f"Found {' and '.join(parts)} in {places} of {looked}."
