"""Comments that silence findings: ``# noqa``, ``# noqa: TS101``, ``# tslint: ignore``, ``# tslint:
ignore[TS101]``.
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable

from torchscript_lint import rules
from torchscript_lint.findings import Finding
from torchscript_lint.source.text import SourceText

# As flake8 reads it: codes after the colon are prefixes; anything else there makes it a plain `noqa`.
_NOQA = re.compile(
    r"#\s*noqa(?![\w-])(?:\s*:\s*(?P<codes>[A-Z][A-Z0-9]*[0-9]+(?:[,\s]+[A-Z][A-Z0-9]*[0-9]+)*))?",
    re.IGNORECASE,
)
_IGNORE = re.compile(r"#\s*tslint:\s*ignore(?![\w-])(?:\[(?P<codes>[^\]]*)\])?", re.IGNORECASE)
_MAYBE = re.compile(r"#\s*(?:noqa|tslint:)", re.IGNORECASE)


def keep(findings: Iterable[Finding], text: str, *, noqa: bool = True) -> list[Finding]:
    """The findings of one file that no comment silences.

    A comment counts on the first line of a finding's span and on its last one. The text is tokenized, so
    that a string that contains ``# noqa`` silences nothing; only where a line could carry such a comment at
    all.

    Args:
        findings: findings in one file.
        text: the file's text.
        noqa: whether ``# noqa`` counts; ``# tslint: ignore`` always does.
    """
    found = list(findings)
    if not found or not _MAYBE.search(text):
        return found
    rows = SourceText("", text).lines
    maybe = {
        row for finding in found for row in _rows(finding) if 0 < row <= len(rows) and _MAYBE.search(rows[row - 1])
    }
    if not maybe:
        return found
    comments = _comments(text)
    return [
        finding
        for finding in found
        if not any(row in maybe and _silences(comments.get(row, ""), finding, noqa) for row in _rows(finding))
    ]


def _rows(finding: Finding) -> tuple[int, int]:
    """The first and the last row of a finding."""
    last = finding.end_row
    if finding.end_column <= 1 and last > finding.row:
        last -= 1
    return finding.row, last


def _comments(text: str) -> dict[int, str]:
    """The comment of each row that has one."""
    comments: dict[int, str] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(text, newline="").readline):
            if token.type == tokenize.COMMENT:
                comments[token.start[0]] = token.string
    except (tokenize.TokenError, SyntaxError):
        pass  # what came before the place that cannot be tokenized still counts
    return comments


def _silences(comment: str, finding: Finding, noqa: bool) -> bool:
    patterns = (_NOQA, _IGNORE) if noqa else (_IGNORE,)
    return any(_names(match.group("codes"), finding) for pattern in patterns for match in pattern.finditer(comment))


def _names(codes: str | None, finding: Finding) -> bool:
    """Whether a comment's list of codes (None: there is none) speaks of the finding's rule."""
    if codes is None:
        return True
    for selector in re.split(r"[,\s]+", codes.strip()):
        if not selector:
            continue
        rule = rules.find(selector)
        if rule.code == finding.code if rule else finding.code.startswith(selector.upper()):
            return True
    return False
