"""What people read about a rule: in the terminal, on its page, and as JSON."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterable, Mapping

from torchscript_lint.report.text import paint
from torchscript_lint.rules import Rule

#: Where the rules' pages are.
DOCS = "https://github.com/torchscript-lint/torchscript-lint/blob/main/docs/rules"

_EXPECT = re.compile(r"#\s*expect(?P<below>-below)?:\s*(?P<codes>TS\d{3}(?:, ?TS\d{3})*)\s*$")
_INDENT = "    "
_FAMILIES = {
    "0": "Files",
    "1": "Syntax that has no TorchScript form",
    "2": "Signatures and annotations",
    "3": "Values and types",
    "4": "Calls and operators",
    "5": "Names and Python objects",
    "6": "Modules",
    "7": "What tracing loses, or refuses",
    "8": "What tracing may lose: the weaker rules",
}


def url(code: str) -> str:
    """The address of the rule's page."""
    return f"{DOCS}/{code}.md"


def template(text: str) -> str:
    """A template for reading: ``{name}`` becomes ``<name>``, ``{{`` a brace."""
    return (
        re.sub(r"\{(\w+)[^{}]*\}", r"<\1>", text.replace("{{", "\0").replace("}}", "\1"))
        .replace("\0", "{")
        .replace("\1", "}")
    )


def example(text: str) -> str:
    """A fixture's text with its markers as readers are to see them."""
    return "\n".join(_EXPECT.sub(_arrow, line) for line in text.strip("\n").split("\n"))


def _arrow(marker: re.Match[str]) -> str:
    return f"# next line: {marker['codes']}" if marker["below"] else f"# <- {marker['codes']}"


def _sentence(rule: Rule) -> str:
    tool = "torch.jit.trace" if rule.mode == "trace" else "torch.jit.script"
    if rule.proof == "none":
        return f"{rule.severity}, about files"
    if rule.proof == "save":
        return f"{rule.severity}, torch.jit.save"
    return f"{rule.severity}, {tool}"


def explain(rule: Rule, examples: Mapping[str, str], *, color: bool = False) -> str:
    """The rule for a terminal.

    Args:
        rule: the rule.
        examples: file name → text of its fixture.
        color: whether to use a terminal's colours.
    """
    parts = [
        f"{paint(rule.code, rule.severity, color)} {paint(rule.name, 'bold', color)} ({_sentence(rule)})\n",
        f"{_capital(rule.summary)}.\n",
    ]
    if rule.compiler:
        parts.append(f"{paint(_says(rule), 'bold', color)}\n\n    {template(rule.compiler)}\n")
    parts.append(f"{paint('Why', 'bold', color)}\n\n{_paragraph(template(rule.why))}\n")
    parts.append(f"{paint('Instead', 'bold', color)}\n\n{_paragraph(_capital(template(rule.instead)))}\n")
    for name, text in examples.items():
        indented = "\n".join(f"    {line}".rstrip() for line in example(text).splitlines())
        parts.append(f"{paint(f'Example ({name})', 'bold', color)}\n\n{indented}\n")
    parts.append(f"{url(rule.code)}\n")
    return "\n".join(parts)


def page(rule: Rule, examples: Mapping[str, str]) -> str:
    """The rule's page, in Markdown. Arguments as for :func:`explain`."""
    parts = [
        f"# {rule.code}: {rule.name}\n",
        f"{_capital(_escape(rule.summary))}.\n",
        f"Severity: {rule.severity}. Mode: {rule.mode}."
        + (" Not about what is compiled.\n" if rule.proof == "none" else "\n"),
        f"Message:\n\n{_fence(template(rule.message), 'text')}\n",
    ]
    if rule.compiler:
        parts.append(f"## {_says(rule)}\n\n{_fence(template(rule.compiler), 'text')}\n")
    parts.append(f"## Why\n\n{_escape(template(rule.why))}\n")
    parts.append(f"## Instead\n\n{_escape(_capital(template(rule.instead)))}\n")
    if examples:
        proof = "traced" if rule.mode == "trace" else "compiled and saved" if rule.proof == "save" else "compiled"
        parts.append(
            f"## Example\n\nThe lines marked `# <- {rule.code}` are found; everything else is clean. "
            f"The tests have this very file {proof} by torch and fail where torch disagrees.\n"
        )
        parts += [_fence(example(text), "python") + "\n" for text in examples.values()]
    if rule.proof != "none":
        parts.append(
            f"## Silence it\n\n`# noqa: {rule.code}` or `# tslint: ignore[{rule.code}]` on the line; "
            f'`ignore = ["{rule.code}"]` in `[tool.tslint]` for the project.\n'
        )
    return "\n".join(parts)


def index(rules: Iterable[Rule]) -> str:
    """The page that lists all rules, in Markdown."""
    parts = [
        "# Rules\n",
        "Generated from the rule book by `python -m torchscript_lint.cli.docs`; `tslint rule CODE` shows the same.\n",
    ]
    family = ""
    rows: list[str] = []
    for rule in rules:
        if rule.code[2] != family:
            if rows:
                parts.append("\n".join(rows) + "\n")
            family = rule.code[2]
            parts.append(f"## TS{family}: {_FAMILIES.get(family, 'Other')}\n")
            rows = ["| Code | Name | Severity | What |", "|---|---|---|---|"]
        rows.append(
            f"| [{rule.code}]({rule.code}.md) | `{rule.name}` | {rule.severity} | "
            f"{_escape(rule.summary).replace('|', chr(92) + '|')} |"
        )
    if rows:
        parts.append("\n".join(rows) + "\n")
    return "\n".join(parts)


def as_object(rule: Rule, examples: Mapping[str, str]) -> dict[str, object]:
    """The rule as JSON."""
    return {
        "code": rule.code,
        "name": rule.name,
        "summary": rule.summary,
        "severity": rule.severity,
        "mode": rule.mode,
        "message": rule.message,
        "compiler": rule.compiler,
        "why": rule.why,
        "instead": rule.instead,
        "examples": dict(examples),
        "url": url(rule.code),
    }


def as_json(value: object) -> str:
    """As it is written."""
    return json.dumps(value, indent=2) + "\n"


def listing(rules: Iterable[Rule], *, color: bool = False) -> str:
    """A line for each rule."""
    known = list(rules)
    names = max((len(rule.name) for rule in known), default=0)
    return "".join(
        f"{paint(rule.code, rule.severity, color)}  {rule.name:<{names}}  {rule.severity:<7}  "
        f"{rule.mode:<6}  {rule.summary}\n"
        for rule in known
    )


def _paragraph(text: str) -> str:
    """Prose for a terminal."""
    lines = textwrap.wrap(text, 92, break_long_words=False, break_on_hyphens=False)
    return "\n".join(_INDENT + line for line in lines)


def _says(rule: Rule) -> str:
    return "The tracer says" if rule.mode == "trace" else "The compiler says"


def _capital(text: str) -> str:
    """The text with its first letter large, unless it starts with code."""
    return text[:1].upper() + text[1:] if text[:1].isalpha() and text[1:2].islower() else text


def _escape(text: str) -> str:
    """Text for Markdown: what stands in angle brackets would vanish as HTML."""
    parts = text.split("`")
    return "`".join(
        part.replace("<", "&lt;").replace("*", "\\*").replace("__", "\\_\\_") if number % 2 == 0 else part
        for number, part in enumerate(parts)
    )


def _fence(text: str, language: str) -> str:
    ticks = "```"
    while ticks in text:
        ticks += "`"
    return f"{ticks}{language}\n{text}\n{ticks}"
