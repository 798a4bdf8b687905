"""When torchscript-lint itself fails, or runs out of stack, on one target."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager

_DEPTH = 6000


@contextmanager
def deep_stack() -> Iterator[None]:
    """Room on Python's stack for chains of calls, for deeply nested expressions and long chains of ``elif``."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(max(before, _DEPTH))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def described(error: Exception) -> str:
    """What failed, and in which function of torchscript-lint."""
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    frames = traceback.extract_tb(error.__traceback__)
    if frames:
        file = frames[-1].filename.rpartition("torchscript_lint")[2]
        text += f" (in {frames[-1].name}, torchscript_lint{file}:{frames[-1].lineno})"
    return " ".join(text.split())
