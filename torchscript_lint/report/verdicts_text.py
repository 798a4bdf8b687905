"""The verdicts on modules for a terminal, or for a file: a table, then what stands in the way."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

from torchscript_lint.report.text import one_line, paint
from torchscript_lint.verdicts import Module, Report, Side, percent, summarise

#: How the states are called in a table.
SCRIPT = {
    "yes": "scripts",
    "open": "if its parts do",
    "sometimes": "sometimes",
    "no": "no",
    "unknown": "unknown",
}
TRACE = {
    "yes": "faithful",
    "open": "if its parts do",
    "sometimes": "sometimes",
    "no": "no",
    "unknown": "unknown",
    "none": "no forward",
}
_STYLES = {"yes": "green", "open": "green", "sometimes": "yellow", "no": "red"}
_ROW = tuple[str, str, str, str, str]
_HEAD = ("module", "place", "torch.jit.script", "torch.jit.trace", "which way")


def render(report: Report) -> str:
    """The report as plain text.

    Args:
        report: what is shown.
    """
    rows = [_row(module) for module in report.given]
    lines = [*_table(rows), *_rest(report, color=False)]
    return "".join(f"{line}\n" if line else "\n" for line in lines)


def render_rich(report: Report, width: int, *, color: bool) -> str:
    """The report for a terminal, its table drawn by rich.

    Args:
        report: what is shown.
        width: the terminal's columns.
        color: whether to use its colours.
    """
    import io

    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    out = io.StringIO()
    console = Console(file=out, width=width, force_terminal=color, no_color=not color, highlight=False)
    if report.given:
        table = Table(header_style="bold", expand=False)
        for name in _HEAD:
            table.add_column(name, overflow="fold")
        path = ""
        for module in report.given:
            if path and module.path != path:
                table.add_section()
            path = module.path
            name, place, script, trace, way = _row(module)
            table.add_row(
                Text(name, "bold"),
                Text(place, "dim"),
                Text(script, _STYLES.get(module.script.state, "dim")),
                Text(trace, _STYLES.get(module.trace.state, "dim")),
                Text(way),
            )
        console.print(table)
    return out.getvalue() + "".join(f"{line}\n" for line in _rest(report, color=color))


def _row(module: Module) -> _ROW:
    return (
        one_line(module.name),
        f"{one_line(module.path)}:{module.row}",
        _state(module.script, SCRIPT),
        _state(module.trace, TRACE),
        module.way.title,
    )


def _state(side: Side, names: dict[str, str]) -> str:
    count = len(side.errors) + len(side.refused) if side.state == "no" else 0
    if side.unsaved and side.state not in ("no", "unknown"):
        return f"{names[side.state]}, not savable"
    return f"{names[side.state]} ({count})" if count else names[side.state]


def _table(rows: Sequence[_ROW]) -> list[str]:
    if not rows:
        return []
    columns = [max(len(row[number]) for row in (_HEAD, *rows)) for number in range(len(_HEAD))]

    def line(cells: Iterable[str]) -> str:
        return "  ".join(cell.ljust(size) for cell, size in zip(cells, columns, strict=True)).rstrip()

    return [line(_HEAD), line("-" * size for size in columns), *map(line, rows), ""]


def _rest(report: Report, *, color: bool) -> list[str]:
    lines: list[str] = []
    for title, side, kind in (
        ("Keeps from scripting", "script", "errors"),
        ("Keeps from being saved", "script", "unsaved"),
        ("Lost by tracing", "trace", "errors"),
    ):
        concerned: dict[int, list[Module]] = {}
        for module in report.given:
            for reached in getattr(getattr(module, side), kind):
                concerned.setdefault(reached.finding, []).append(module)
        if concerned:
            lines.append(paint(title, "bold", color))
        for number in sorted(concerned):
            finding = report.findings[number]
            place = f"{one_line(finding.path)}:{finding.row}:{finding.column}"
            style = finding.severity
            lines.append(f"  {place}: {paint(finding.code, style, color)} {one_line(finding.message)}")
            lines += _modules(concerned[number])
        if side == "script" and kind == "errors":
            lines += _refused(report, color, bool(concerned))
        if concerned:
            lines.append("")
    return [*lines, *_summary(report, color)]


def _modules(modules: Sequence[Module]) -> list[str]:
    shown = [one_line(module.name) for module in modules[:6]]
    more = f" and {len(modules) - 6} more" if len(modules) > 6 else ""
    return textwrap.wrap(f"in {', '.join(shown)}{more}", 104, initial_indent="      ", subsequent_indent="      ")


def _refused(report: Report, color: bool, titled: bool) -> list[str]:
    """Parts of torch's own library that do not script."""
    lines: list[str] = []
    seen: set[tuple[str, int, str]] = set()
    for module in report.given:
        for part in module.script.refused:
            key = (part.path, part.row, part.cls)
            if key not in seen:
                seen.add(key)
                where = f"{one_line(part.path)}:{part.row}"
                lines.append(f"  {where}: {one_line(part.cls)} does not script: {one_line(part.message)}")
    if lines and not titled:
        lines = [paint("Keeps from scripting", "bold", color), *lines, ""]
    return lines


def _summary(report: Report, color: bool) -> list[str]:
    numbers = summarise(report)
    if not numbers.modules:
        return ["No modules."]
    files = f"{numbers.files} file{'' if numbers.files == 1 else 's'}"
    modules = f"{numbers.modules} module{'' if numbers.modules == 1 else 's'}"
    lines = [
        f"{paint(f'{modules} in {files}', 'bold', color)}: "
        f"{numbers.scripting} script ({percent(numbers.scripting, numbers.modules)} %), "
        f"{numbers.tracing} trace faithfully ({percent(numbers.tracing, numbers.modules)} %)."
    ]
    if numbers.blocking:
        top = ", ".join(f"{rule.code} {rule.name} ({rule.modules})" for rule in numbers.blocking[:5])
        lines.append(f"Rules that keep most modules from scripting: {top}.")
    return lines
