"""What a command asks of the Python that runs it."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager

#: Deep enough for code that people write; Python's own limit is met by a sum of three hundred terms.
_RECURSION = 6000


@contextmanager
def resources(*, for_good: bool) -> Iterator[None]:
    """Deep recursion, and no search for garbage: nothing that an analysis makes is garbage before it ends, and looking
    for it costs a third of the time.

    Args:
        for_good: the process is about to end. It need not look for garbage afterwards either, as it would when the
            collector is on again and once more before it ends.
    """
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, _RECURSION))
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
        if for_good:
            gc.freeze()
        else:
            gc.enable()
            gc.unfreeze()
