"""Text → HTML, with nothing in it that a browser would obey."""

from __future__ import annotations

import html
import json

from torchscript_lint.report.text import visible


def escape(text: str) -> str:
    """Text for an element or a quoted attribute; control characters and direction marks become visible."""
    return html.escape("".join(map(safe, text)), quote=True)


def safe(character: str) -> str:
    """A character as it may be shown; a tab stays one."""
    return character if character == "\t" or "\x20" <= character < "\x7f" else visible(character)


def prose(text: str) -> str:
    """A message: as :func:`escape`, and what stands in backquotes is code."""
    parts = text.split("`")
    if len(parts) % 2 == 0:  # an odd one belongs to the text
        return escape(text)
    return "".join(f"<code>{escape(part)}</code>" if number % 2 else escape(part) for number, part in enumerate(parts))


def script_data(value: object) -> str:
    """JSON for a script element: no text in it can end the element."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=True)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def attributes(**values: str | int | bool | None) -> str:
    """Attributes of an element; False and None leave one out. ``class_`` is ``class``, ``data_x`` ``data-x``."""
    shown = []
    for name, value in values.items():
        if value is None or value is False:
            continue
        key = name.rstrip("_").replace("_", "-")
        shown.append(f" {key}" if value is True else f' {key}="{escape(str(value))}"')
    return "".join(shown)
