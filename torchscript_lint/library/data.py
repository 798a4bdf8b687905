"""The shipped data files, read when first asked for.

Each is text: a first line with the torch it was made from, then lines of a key, a tab and the key's record,
sorted. A file is searched as it is: reading it costs a fraction of a millisecond, making a dict of it
several.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "data"


class Records:
    """The records of one data file.

    Attributes:
        text: the file's text.
    """

    __slots__ = ("_begins", "_found", "_start", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self._start = text.index("\n") + 1
        self._found: dict[str, str | None] = {}
        self._begins: dict[str, bool] = {}

    def _find(self, prefix: str) -> int:
        """Where the first line begins that does not sort before ``prefix``: a binary search over the text."""
        text = self.text
        low, high = self._start, len(text)
        while low < high:
            middle = text.rfind("\n", low, (low + high) // 2)
            line = low if middle < 0 else middle + 1
            end = text.find("\n", line)
            if text[line : min(end, line + len(prefix))] < prefix:
                low = end + 1
            else:
                high = line
        return low

    def get(self, key: str) -> str | None:
        """The record of a key, still as text, or None."""
        if key not in self._found:
            prefix = f"{key}\t"
            line = self._find(prefix)
            there = self.text.startswith(prefix, line)
            self._found[key] = self.text[line + len(prefix) : self.text.find("\n", line)] if there else None
        return self._found[key]

    def __contains__(self, key: str) -> bool:
        return self.get(key) is not None

    def has_prefix(self, prefix: str) -> bool:
        """Whether a key begins so."""
        if prefix not in self._begins:
            self._begins[prefix] = self.text.startswith(prefix, self._find(prefix))
        return self._begins[prefix]

    def keys(self) -> Iterator[str]:
        """All keys."""
        for line in self.text[self._start :].splitlines():
            yield line.partition("\t")[0]


@cache
def records(name: str) -> Records:
    """The records of a data file.

    Args:
        name: of the file, without its folder.

    Raises:
        OSError: the file is not there (a broken installation).
    """
    return Records((_FOLDER / name).read_text(encoding="utf-8"))


@cache
def version() -> str:
    """The version of the torch that the data was made from."""
    return records("schemas.txt").text.partition("\n")[0].removeprefix("torch ")
