"""Facts of a function, class or file that are computed once and kept on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

_Of = TypeVar("_Of")
_On = TypeVar("_On")


def once(compute: Callable[[_On], _Of]) -> Callable[[_On], _Of]:
    """Compute a fact once, however often it is asked for. It must rest on the source alone."""
    slot = f"_once_{compute.__module__}_{compute.__name__}"

    @wraps(compute)
    def asked(thing: _On) -> _Of:
        facts = thing.__dict__
        if slot not in facts:
            facts[slot] = compute(thing)
        found: _Of = facts[slot]
        return found

    return asked
