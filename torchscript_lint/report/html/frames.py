"""Source frames: the lines around a finding, coloured, the span marked."""

from __future__ import annotations

import keyword
import re
from bisect import bisect_right
from functools import lru_cache
from itertools import pairwise

from torchscript_lint.findings import Finding
from torchscript_lint.report.html.escape import escape
from torchscript_lint.source.text import SourceError, SourceText, read

_CONTEXT = 2
#: A span of more lines shows its first and last ones.
_MAX_LINES = 12
_LONGEST = 400

# Strings and comments of a whole file in one pass, so that a line inside of a docstring is known to be one.
_LITERALS = re.compile(
    r"(?P<comment>\#[^\r\n]*)"
    r"|(?P<string>(?<![\w])[A-Za-z]{0,2}(?:'''(?:[^\\]|\\.)*?'''|\"\"\"(?:[^\\]|\\.)*?\"\"\""
    r"|'(?:[^'\\\r\n]|\\.)*'|\"(?:[^\"\\\r\n]|\\.)*\"))",
    re.DOTALL,
)
_WORDS = re.compile(
    r"(?P<decorator>(?:(?<=^)|(?<=\s))@[\w.]+)|(?P<defined>(?<=def )\w+|(?<=class )\w+)"
    r"|(?P<word>[A-Za-z_]\w*)|(?P<number>\b\d[\w.]*)"
)
_CONSTANTS = frozenset({"None", "True", "False", "self"})
_KEYWORDS = frozenset(keyword.kwlist) - _CONSTANTS

Span = tuple[int, int, str]


class Sources:
    """The texts of files, each read once."""

    def __init__(self) -> None:
        self._known: dict[str, _Coloured | None] = {}

    def get(self, path: str) -> _Coloured | None:
        """The file, or None where it cannot be read."""
        if path not in self._known:
            try:
                self._known[path] = _Coloured(read(path))
            except SourceError:
                self._known[path] = None
        return self._known[path]


class _Coloured:
    """A file and where its strings and comments are."""

    def __init__(self, source: SourceText) -> None:
        self.lines = source.lines
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line))
        self.literals: dict[int, list[Span]] = {}
        for match in _LITERALS.finditer(source.text):
            self._place(match.start(), match.end(), match.lastgroup or "string")

    def _place(self, start: int, end: int, kind: str) -> None:
        row = bisect_right(self.starts, start) - 1
        while start < end:
            stop = min(end, self.starts[row + 1])
            self.literals.setdefault(row, []).append((start - self.starts[row], stop - self.starts[row], kind[0]))
            start, row = stop, row + 1

    def spans(self, row: int) -> list[Span]:
        """The coloured parts of a 0-based line, in order."""
        literals = self.literals.get(row, [])
        found = list(literals)
        for match in _WORDS.finditer(self.lines[row]):
            if any(start <= match.start() < end for start, end, _ in literals):
                continue
            kind = _kind(match.lastgroup or "", match.group())
            if kind:
                found.append((match.start(), match.end(), kind))
        return sorted(found)


@lru_cache(maxsize=4096)
def _kind(group: str, text: str) -> str:
    if group == "word":
        return "k" if text in _KEYWORDS else "o" if text in _CONSTANTS else ""
    return {"decorator": "d", "defined": "f", "number": "n"}[group]


def frame(finding: Finding, sources: Sources) -> str:
    """The frame of a finding; empty where its source cannot be had or does not hold its place."""
    source = sources.get(finding.path)
    if source is None or not 0 < finding.row <= len(source.lines):
        return ""
    last = finding.end_row - (finding.end_column <= 1 and finding.end_row > finding.row)
    last = max(finding.row, min(last, len(source.lines)))
    first_shown = max(1, finding.row - _CONTEXT)
    last_shown = min(len(source.lines), last + _CONTEXT)
    rows: list[int] = list(range(first_shown, last_shown + 1))
    if last - finding.row >= _MAX_LINES:
        rows = [*range(first_shown, finding.row + _MAX_LINES - 4), 0, *range(last - 1, last_shown + 1)]
    shown = [_row(finding, source, row, last) for row in rows]
    label = escape(f"Source of {finding.path}, line {finding.row}")
    return f'<pre class="frame" tabindex="0" aria-label="{label}"><code>{"".join(shown)}</code></pre>'


def _row(finding: Finding, source: _Coloured, row: int, last: int) -> str:
    if row == 0:
        return '<span class="row"><span class="ln">⋮</span><span class="src"></span></span>'
    line = source.lines[row - 1].rstrip("\r\n")
    inside = finding.row <= row <= last
    mark: tuple[int, int] | None = None
    if inside:
        start = finding.column - 1 if row == finding.row else len(line) - len(line.lstrip())
        end = finding.end_column - 1 if row == finding.end_row else len(line.rstrip())
        start = min(max(start, 0), len(line))
        if start < len(line) or row == finding.row:
            mark = (start, max(end, start + 1))
    text = _line(line, source.spans(row - 1), mark)
    kind = "row hit" if inside else "row"
    return f'<span class="{kind}"><span class="ln">{row}</span><span class="src">{text}</span></span>'


def _line(line: str, spans: list[Span], mark: tuple[int, int] | None) -> str:
    """One line: cut at every border of a colour or of the mark."""
    if len(line) > _LONGEST:
        line = line[: max(_LONGEST, mark[1] if mark else 0)] + "…"
    if mark is not None and mark[0] >= len(line):
        line += " "  # past the end of the line, where a parser puts what is missing
    borders = {0, len(line)}
    for start, end, _ in spans:
        borders |= {start, end}
    if mark is not None:
        borders |= set(mark)
    cuts = sorted(border for border in borders if 0 <= border <= len(line))
    shown: list[str] = []
    marked = False
    for start, end in pairwise(cuts):
        inside = mark is not None and mark[0] <= start < mark[1]
        if inside != marked:
            shown.append("<mark>" if inside else "</mark>")
            marked = inside
        kind = next((kind for first, stop, kind in spans if first <= start < stop), "")
        text = escape(line[start:end])
        shown.append(f'<i class="{kind}">{text}</i>' if kind else text)
    if marked:
        shown.append("</mark>")
    return "".join(shown)
