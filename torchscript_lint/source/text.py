"""Bytes → text → Python's own syntax tree, with one clear error for whatever cannot be read."""

from __future__ import annotations

import ast
import io
import tokenize
import warnings
from functools import cached_property


class SourceError(Exception):
    """A file that cannot be read or parsed.

    Attributes:
        kind: ``missing``, ``unreadable``, ``encoding`` or ``syntax``.
        message: one line that says what is wrong.
        row, column: 1-based, in characters; 1, 1 where there is no better place.
    """

    def __init__(self, kind: str, message: str, row: int = 1, column: int = 1) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.row = row
        self.column = column


class SourceText:
    """The text of one file.

    Attributes:
        path: as it was given.
        text: decoded, with its own line ends.
    """

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text

    @cached_property
    def lines(self) -> list[str]:
        """The lines with their ends, split where Python splits them (``\\n``, ``\\r\\n``, ``\\r``, nothing else)."""
        return io.StringIO(self.text, newline="").readlines()

    @cached_property
    def ascii(self) -> bool:
        """Whether byte offsets are character offsets."""
        return self.text.isascii()

    def parse(self) -> ast.Module:
        """Python's own syntax tree.

        Raises:
            SourceError: the text is not valid for the running Python, or is nested too deeply for it.
        """
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                return ast.parse(self.text)
        except SyntaxError as error:
            row = max(error.lineno or 1, 1)
            column = max(error.offset or 1, 1)
            raise SourceError("syntax", error.msg or "invalid syntax", row, column) from None
        except ValueError as error:
            raise SourceError("syntax", str(error)) from None
        except (RecursionError, MemoryError):
            raise SourceError("syntax", "nested too deeply for Python's parser") from None

    def column(self, line: int, offset: int) -> int:
        """The 1-based column, in characters, of a 0-based UTF-8 byte offset in a 1-based line."""
        if self.ascii or not 0 < line <= len(self.lines):
            return offset + 1
        return len(self.lines[line - 1].encode()[:offset].decode(errors="ignore")) + 1

    def region(self, span: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
        """A tree's span as ``(row, column, end_row, end_column)``: 1-based, in characters, end exclusive."""
        line, col, end_line, end_col = span
        return (line, self.column(line, col), end_line, self.column(end_line, end_col))


def decode(path: str, data: bytes) -> SourceText:
    """Decode as Python does: a BOM, then a PEP 263 cookie, else UTF-8.

    Raises:
        SourceError: an unknown encoding, or bytes that are not valid in it.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    except SyntaxError as error:
        raise SourceError("encoding", f"cannot be decoded: {error.msg}") from None
    try:
        return SourceText(path, data.decode(encoding))
    except (UnicodeDecodeError, LookupError) as error:
        row = 1
        if isinstance(error, UnicodeDecodeError):
            row = data.count(b"\n", 0, error.start) + 1
        raise SourceError("encoding", f"cannot be decoded as {encoding}: {error}", row) from None


def read(path: str) -> SourceText:
    """Read a file.

    Raises:
        SourceError: it is missing, unreadable or not decodable.
    """
    try:
        with open(path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        raise SourceError("missing", "no such file") from None
    except (OSError, ValueError) as error:
        raise SourceError("unreadable", getattr(error, "strerror", None) or str(error)) from None
    return decode(path, data)
