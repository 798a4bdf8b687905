"""For people: the source with the span underlined, what the compiler says, why, and what to write instead."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable

from torchscript_lint import rules
from torchscript_lint.findings import Finding
from torchscript_lint.report.text import one_line, paint, visible, width
from torchscript_lint.source.text import SourceText

#: Longer lines are cut around the span, so that a terminal does not wrap the underline away from its place.
WIDTH = 110
_TAB = 4
#: A span of more lines shows its first and last ones.
_MAX_LINES = 6
#: Of other entry points that lead to a finding so many are named.
_MAX_NAMES = 6


def render(findings: Iterable[Finding], sources: Callable[[str], SourceText | None], *, color: bool = False) -> str:
    """The findings, a block each.

    Args:
        findings: in the order in which they are to be shown.
        sources: the text of a path, or None where it cannot be had (the frame is left out then).
        color: whether to use a terminal's colours.
    """
    return "".join(_block(finding, sources(finding.path), color) + "\n" for finding in findings)


def _block(finding: Finding, source: SourceText | None, color: bool) -> str:
    head = (
        f"{paint(finding.severity, finding.severity, color)}"
        f"{paint(f'[{finding.code}]', finding.severity, color)} "
        f"{paint(finding.name, 'bold', color)}: {one_line(finding.message)}\n"
    )
    gutter = len(str(max(finding.row, finding.end_row)))
    arrow = paint("-->", "blue", color)
    lines = [head, f"{' ' * gutter}{arrow} {one_line(finding.path)}:{finding.row}:{finding.column}\n"]
    bar = paint("|", "blue", color)
    frame = _frame(finding, source, gutter, color) if source is not None else []
    if frame:
        lines += [f"{' ' * gutter} {bar}\n", *frame, f"{' ' * gutter} {bar}\n"]
    for label, text in _notes(finding):
        note = paint("=", "blue", color)
        first, *rest = _wrap(f"{label}: {one_line(text)}")
        lines.append(f"{' ' * gutter} {note} {paint(label, 'bold', color)}{first[len(label) :]}\n")
        lines += [f"{' ' * gutter}     {line}\n" for line in rest]
    return "".join(lines)


def _notes(finding: Finding) -> list[tuple[str, str]]:
    """The labelled lines below the frame."""
    rule = rules.BY_CODE.get(finding.code)
    tool = "torch.jit.trace" if finding.mode == "trace" else "torch.jit.script"
    notes = [
        (f"{tool} says", finding.compiler),
        ("why", rule.why if rule is not None else ""),
        ("instead", finding.instead),
        ("reached by", " → ".join(finding.chain) if len(finding.chain) > 1 else ""),
        ("and by", _listed(finding.entries)),
    ]
    return [(label, text) for label, text in notes if text]


def _listed(names: tuple[str, ...]) -> str:
    """The first of many names, and how many there are."""
    shown = ", ".join(names[:_MAX_NAMES])
    return f"{shown} and {len(names) - _MAX_NAMES} more" if len(names) > _MAX_NAMES else shown


def _wrap(text: str) -> list[str]:
    """Prose in lines, words whole."""
    return textwrap.wrap(text, WIDTH - 10, break_long_words=False, break_on_hyphens=False)


def _frame(finding: Finding, source: SourceText, gutter: int, color: bool) -> list[str]:
    """The source lines of the span with their underlines; empty where the span lies outside the text."""
    last = finding.end_row
    if finding.end_column <= 1 and last > finding.row:
        last -= 1
    last = min(last, len(source.lines))
    if not 0 < finding.row <= last:
        return []
    rows: list[int | None] = list(range(finding.row, last + 1))
    if len(rows) > _MAX_LINES:
        rows = [*rows[: _MAX_LINES - 2], None, rows[-1]]
    bar = paint("|", "blue", color)
    frame: list[str] = []
    for row in rows:
        if row is None:
            frame.append(f"{' ' * gutter} {bar} ...\n")
            continue
        line = source.lines[row - 1].rstrip("\r\n")
        indent = len(line) - len(line.lstrip())
        start = finding.column - 1 if row == finding.row else indent
        end = finding.end_column - 1 if row == finding.end_row else len(line.rstrip())
        text, mark = _underline(line, max(start, 0), end)
        number = paint(f"{row:>{gutter}}", "blue", color)
        frame.append(f"{number} {bar} {text}".rstrip() + "\n")
        if line.strip() or row == finding.row:
            frame.append(f"{' ' * gutter} {bar} {mark[0]}{paint(mark[1], finding.severity, color)}\n")
    return frame


def _underline(line: str, start: int, end: int) -> tuple[str, tuple[str, str]]:
    """A line as shown, and its underline as (blanks, carets).

    Tabs become blanks, wide characters take two carets, and of a long line only the surroundings of the
    span stay.
    """
    end = min(max(end, start + 1), max(len(line), start + 1))
    cells: list[tuple[str, int]] = []
    columns = 0
    for character in line:
        if character == "\t":
            size = _TAB - columns % _TAB
            cells.append((" " * size, size))
        else:
            size = width(character)
            cells.append((visible(character), size))
        columns += cells[-1][1]
    first, stop = 0, len(cells)
    if columns > WIDTH:
        first, stop = _window(cells, start, end)
    text = "".join(cell for cell, _ in cells[first:stop])
    before = sum(size for _, size in cells[first : max(start, first)])
    marked = sum(size for _, size in cells[max(start, first) : min(end, stop)])
    if start >= len(cells):  # past the end of the line, where a parser puts what is missing
        before += start - len(cells)
        marked = 1
    if first > 0:
        text, before = "…" + text, before + 1
    if stop < len(cells):
        text += "…"
    return text, (" " * before, "^" * max(marked, 1))


def _window(cells: list[tuple[str, int]], start: int, end: int) -> tuple[int, int]:
    """Which part of a long line to show: the span, or its beginning, with a little before it."""
    first = min(start, len(cells))
    room = WIDTH - 2
    before = 0
    wanted = max(room // 4, room - sum(size for _, size in cells[start:end]) - room // 4)
    while first > 0 and before + cells[first - 1][1] <= min(wanted, room // 2):
        first -= 1
        before += cells[first][1]
    stop, columns = first, 0
    while stop < len(cells) and columns + cells[stop][1] <= room:
        columns += cells[stop][1]
        stop += 1
    return first, stop
