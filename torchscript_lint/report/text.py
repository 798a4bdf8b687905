"""What the formats for people's eyes share: safe text, columns on a terminal, colour."""

from __future__ import annotations

import unicodedata

_STYLES = {"error": "1;31", "warning": "1;33", "bold": "1", "dim": "2", "blue": "1;34", "cyan": "36"}


def paint(text: str, style: str, color: bool) -> str:
    """The text in a style, or as it is where ``color`` is off."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if color and text else text


def one_line(text: str) -> str:
    """The text on one line, with nothing in it that a terminal would obey."""
    line = " ".join(text.split())
    if line.isascii() and line.isprintable():
        return line
    return "".join(map(visible, line))


def visible(character: str) -> str:
    """The character, or a visible stand-in for one that a terminal would obey (an escape, a direction
    mark).
    """
    code = ord(character)
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "\u2421"
    if code >= 0x80 and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp"):
        return "\ufffd"
    return character


def width(character: str) -> int:
    """How many columns of a terminal a character takes."""
    if character < "\u0300":
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
