"""Streams and files."""

from __future__ import annotations

import os
import stat
import sys
import tempfile
from typing import TextIO


def say(text: str) -> None:
    """Tell people something; standard output is for findings only."""
    print(f"tslint: {text}", file=sys.stderr)


def wants_color(stream: TextIO) -> bool:
    """Whether the stream is a terminal that shows colours (https://no-color.org)."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream) and os.environ.get("TERM") != "dumb"


def is_terminal(stream: TextIO) -> bool:
    """Whether people look at the stream; a closed one is seen by nobody."""
    try:
        return stream.isatty()
    except (AttributeError, ValueError):
        return False


def write_file(path: str, text: str) -> None:
    """Write a file so that nobody ever reads half of it.

    A file that is there already is replaced at once, and keeps its permissions; what is not a regular file
    (a pipe, ``/dev/stdout``) is written to as it is.

    Raises:
        OSError: it cannot be written.
    """
    data = text.encode("utf-8", errors="backslashreplace")
    target = os.path.realpath(path)
    try:
        mode: int | None = os.stat(target).st_mode
    except FileNotFoundError:
        mode = None
    if mode is not None and not stat.S_ISREG(mode):
        with open(path, "wb") as stream:
            stream.write(data)
        return
    handle, temporary = tempfile.mkstemp(prefix=".tslint-", dir=os.path.dirname(target))
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        if mode is None:
            mask = os.umask(0)
            os.umask(mask)
            mode = 0o666 & ~mask
        os.chmod(temporary, stat.S_IMODE(mode))
        os.replace(temporary, target)
    except BaseException:
        os.unlink(temporary)
        raise
