"""The page."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from torchscript_lint import __version__, rules
from torchscript_lint.findings import Finding
from torchscript_lint.report.html import data, words
from torchscript_lint.report.html.escape import attributes, escape, prose, script_data
from torchscript_lint.report.html.frames import Sources, frame
from torchscript_lint.report.rule import url
from torchscript_lint.verdicts import Module, Report, Side, Summary, percent, summarise

_FOLDER = Path(__file__).parent
_SCRIPT_ORDER = {state: number for number, state in enumerate(words.SCRIPT)}
_TRACE_ORDER = {state: number for number, state in enumerate(words.TRACE)}


def render(report: Report) -> str:
    """The page, the same for the same report.

    Args:
        report: what is shown; the sources that its findings lie in are read.
    """
    numbers = summarise(report)
    style = (_FOLDER / "style.css").read_text(encoding="utf-8")
    script = (_FOLDER / "app.js").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-{digest}'"
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en">',
            "<head>",
            '<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            '<link rel="icon" href="data:,">',
            "<title>TorchScript report</title>",
            f"<style>\n{style}</style>",
            "</head>",
            "<body>",
            _header(report, numbers),
            _main(report, numbers),
            f'<script type="application/json" id="data">{script_data(data.of(report))}</script>',
            f"<script>{script}</script>",
            "</body>",
            "</html>",
            "",
        ]
    )


# --- the header ----------------------------------------------------------------------------------


def _header(report: Report, numbers: Summary) -> str:
    files = f"{numbers.files} file{'' if numbers.files == 1 else 's'}"
    modules = f"{numbers.modules} module{'' if numbers.modules == 1 else 's'}"
    meta = f"{modules} in {files} · as torch {escape(report.torch)} has it · tslint {escape(__version__)}"
    return (
        '<a class="skip" href="#table">Skip to the modules</a>\n<header>\n'
        f'<div class="title"><h1>TorchScript report</h1><p class="meta">{meta}</p></div>\n'
        '<div class="cards">\n'
        + _gauge("torch.jit.script", numbers.scripting, numbers.modules, "script", numbers.script, words.SCRIPT)
        + _gauge("torch.jit.trace", numbers.tracing, numbers.modules, "trace faithfully", numbers.trace, words.TRACE)
        + _ways(numbers)
        + _blocking(numbers)
        + "</div>\n</header>"
    )


def _gauge(title: str, good: int, whole: int, verb: str, counts: Mapping[str, int], names: Mapping[str, str]) -> str:
    """A card with a share, a bar of all states and what the bar's parts are."""
    bars = "".join(
        f'<span class="seg {state}" style="flex-grow:{count}"></span>' for state, count in counts.items() if count
    )
    side = "script" if names is words.SCRIPT else "trace"
    legend = "".join(
        f'<li><button type="button" class="key" data-side="{side}" data-state="{state}">'
        f'<span class="dot {state}" aria-hidden="true">{words.SIGNS[state]}</span>'
        f'<span class="name">{escape(names[state])}</span><b>{count}</b></button></li>'
        for state, count in counts.items()
        if count
    )
    return (
        f'<section class="card"><h2>{escape(title)}</h2>'
        f'<p class="share"><b>{percent(good, whole)}<small>%</small></b> <span>{good} of {whole} {verb}</span></p>'
        f'<div class="bar" aria-hidden="true">{bars}</div><ul class="legend">{legend}</ul></section>\n'
    )


def _ways(numbers: Summary) -> str:
    most = max([1, *numbers.ways.values()])
    rows = "".join(
        f'<li><button type="button" class="key" data-way="{way}"><span class="name">{escape(words.WAYS[way])}</span>'
        f'<span class="track" aria-hidden="true"><span class="fill way-{way}" style="width:{100 * count // most}%">'
        f"</span></span><b>{count}</b></button></li>"
        for way, count in numbers.ways.items()
        if count
    )
    return f'<section class="card"><h2>Which way to go</h2><ul class="legend bars">{rows}</ul></section>\n'


def _blocking(numbers: Summary) -> str:
    most = max([1, *(rule.modules for rule in numbers.blocking)])
    rows = "".join(
        f'<li><button type="button" class="key" data-rule="{escape(rule.code)}" '
        f'title="{_count(rule.findings, "place", "places")}, {_count(rule.modules, "module", "modules")}">'
        f'<span class="name"><span class="code">{escape(rule.code)}</span> {escape(rule.name)}</span>'
        f'<span class="track" aria-hidden="true"><span class="fill no" style="width:{100 * rule.modules // most}%">'
        f"</span></span><b>{rule.modules}</b></button></li>"
        for rule in numbers.blocking[:6]
    )
    body = (
        f'<ul class="legend bars">{rows}</ul>' if rows else '<p class="hush">Nothing keeps a module from scripting.</p>'
    )
    return f'<section class="card"><h2>Rules that block most modules</h2>{body}</section>\n'


# --- the main part -------------------------------------------------------------------------------


def _main(report: Report, numbers: Summary) -> str:
    return (
        '<main>\n<div class="left">\n'
        '<div class="tabs" role="tablist" aria-label="Views">'
        '<button role="tab" type="button" id="tab-modules" aria-controls="modules" aria-selected="true">'
        "Modules</button>"
        '<button role="tab" type="button" id="tab-tree" aria-controls="tree" aria-selected="false" tabindex="-1">'
        "Who holds whom</button>"
        '<button role="tab" type="button" id="tab-findings" aria-controls="findings" aria-selected="false" '
        f'tabindex="-1">Findings <span class="n">{len(report.findings)}</span></button></div>\n'
        + _modules(report, numbers)
        + '<section id="tree" role="tabpanel" aria-labelledby="tab-tree"><div class="tools">'
        '<label class="check"><input type="checkbox" id="blocked-only"> only what is blocked</label>'
        '<button type="button" class="plain" id="open-blocked">open down to the blockers</button></div>'
        '<div id="forest"><p class="hush">The tree is drawn by the page\'s script.</p></div></section>\n'
        + _findings(report)
        + '</div>\n<aside id="detail" aria-live="polite" aria-label="The selected module" tabindex="-1">'
        '<p class="empty">Select a module to see what it holds, what stands in its way, and which way to go.</p>'
        "</aside>\n</main>"
    )


def _modules(report: Report, numbers: Summary) -> str:
    rows = "".join(_row(number, module, report) for number, module in enumerate(report.modules) if module.given)
    heads = "".join(
        f'<th scope="col"{attributes(aria_sort="none", class_=f"c-{key}")}><button type="button" data-sort="{key}">'
        f"{title}</button></th>"
        for key, title in (
            ("name", "Module"), ("script", "torch.jit.script"), ("trace", "torch.jit.trace"), ("way", "Which way"),
        )
    )  # fmt: skip
    return (
        '<section id="modules" role="tabpanel" aria-labelledby="tab-modules"><div class="tools">'
        '<input type="search" id="filter" placeholder="Filter by name or file" aria-label="Filter by name or file">'
        + _select("script", "script: any", words.SCRIPT, numbers.script)
        + _select("trace", "trace: any", words.TRACE, numbers.trace)
        + _select("way", "way: any", words.WAYS, numbers.ways)
        + f'<button type="button" class="plain" id="clear" hidden>clear</button>'
        f'<output id="shown" aria-live="polite">{numbers.modules} modules</output></div>'
        f'<div class="scroll"><table id="table"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>'
        '<p class="hush" id="nothing" hidden>No module fits.</p></div></section>\n'
    )


def _select(side: str, every: str, names: Mapping[str, str], counts: Mapping[str, int]) -> str:
    options = "".join(
        f'<option value="{state}">{escape(name)}</option>' for state, name in names.items() if counts[state]
    )
    first = f'<option value="">{every}</option>'
    return f'<select id="by-{side}" aria-label="Only this verdict: {side}">{first}{options}</select>'


def _row(number: int, module: Module, report: Report) -> str:
    place = f"{os.path.basename(module.path)}:{module.row}"
    script_rank = _rank(module.script, _SCRIPT_ORDER)
    trace_rank = _rank(module.trace, _TRACE_ORDER)
    codes = " ".join(sorted({report.findings[reached.finding].code for reached in module.script.errors}))
    return (
        f'<tr id="row{number}"'
        + attributes(
            data_name=f"{module.name} {module.path}".lower(), data_script=module.script.state,
            data_trace=module.trace.state, data_way=module.way.kind, data_script_rank=script_rank,
            data_trace_rank=trace_rank, data_codes=codes or None,
        )
        + f'><th scope="row"><a href="#m{number}">{escape(module.name)}</a>'
        f'<span class="where" title="{escape(module.path)}">{escape(place)}</span></th>'
        f"<td>{_chip(module.script, words.SHORT_SCRIPT, words.SCRIPT)}</td>"
        f"<td>{_chip(module.trace, words.SHORT_TRACE, words.TRACE)}</td>"
        f'<td><span class="way way-{module.way.kind}">{escape(module.way.title)}</span></td></tr>\n'
    )  # fmt: skip


def _rank(side: Side, order: Mapping[str, int]) -> int:
    """For sorting: first the state, then how much stands against it."""
    return order[side.state] * 10_000 + len(side.errors) + len(side.refused)


def _chip(side: Side, short: Mapping[str, str], full: Mapping[str, str]) -> str:
    """A state in words, with its sign, its colour, and how many places speak against it."""
    count = len(side.errors) + len(side.refused) if side.state == "no" else 0
    shown = f' <b class="n" title="{_count(count, "place", "places")}">{count}</b>' if count else ""
    if side.unsaved and side.state not in ("no", "unknown"):
        shown = ", not savable"
    return (
        f'<span class="chip {side.state}" title="{escape(full[side.state])}">'
        f'<span aria-hidden="true">{words.SIGNS[side.state]}</span> {escape(short[side.state])}{shown}</span>'
    )


# --- findings ------------------------------------------------------------------------------------


def _findings(report: Report) -> str:
    """All findings, by rule; the panel of a module shows copies of its own."""
    sources = Sources()
    by_rule: dict[str, list[int]] = {}
    for number, finding in enumerate(report.findings):
        by_rule.setdefault(finding.code, []).append(number)
    groups = []
    for code in sorted(by_rule, key=lambda code: (report.findings[by_rule[code][0]].mode, code)):
        first = report.findings[by_rule[code][0]]
        rule = rules.BY_CODE.get(code)
        body = "".join(_finding(number, report.findings[number], sources) for number in by_rule[code])
        why = f'<p class="why" data-why="{escape(code)}">{prose(rule.why)}</p>' if rule is not None and rule.why else ""
        summary = prose(rule.summary) if rule is not None else ""
        groups.append(
            f'<details class="rule" id="rule-{escape(code)}"><summary><span class="code">{escape(code)}</span> '
            f'<b>{escape(first.name)}</b> <span class="sum">{summary}</span> <span class="mode">{escape(first.mode)}'
            f'</span> <span class="n">{len(by_rule[code])}</span></summary>{why}{body}</details>\n'
        )
    body = "".join(groups) or '<p class="hush">Nothing was found.</p>'
    return f'<section id="findings" role="tabpanel" aria-labelledby="tab-findings">{body}</section>\n'


def _finding(number: int, finding: Finding, sources: Sources) -> str:
    tool = "torch.jit.trace" if finding.mode == "trace" else "torch.jit.script"
    notes = [
        (f"{tool} says", f'<q class="says">{escape(finding.compiler)}</q>' if finding.compiler else ""),
        ("instead", prose(finding.instead)),
    ]
    shown = "".join(f"<dt>{label}</dt><dd>{text}</dd>" for label, text in notes if text)
    place = f"{finding.path}:{finding.row}:{finding.column}"
    return (
        f'<article class="finding {finding.severity}" id="f{number}" data-code="{escape(finding.code)}">'
        f'<h4><a class="code" href="{escape(url(finding.code))}" rel="noreferrer" target="_blank">'
        f"{escape(finding.code)}</a> {prose(finding.message)}</h4>"
        f'<p class="place">{escape(place)}'
        + (f" in <code>{escape(finding.target)}</code>" if finding.target else "")
        + f'</p>{frame(finding, sources)}<dl class="notes">{shown}</dl></article>\n'
    )


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
