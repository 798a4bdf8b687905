"""Facts of a function, class or file that are computed once and kept on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_Of = TypeVar("_Of")
_On = TypeVar("_On")


def once(compute: Callable[[_On], _Of]) -> Callable[[_On], _Of]:
    """Compute a fact once, however often it is asked for. It must not be None, and rest on the source alone."""
    slot = f"_once_{compute.__module__}_{compute.__name__}"

    def asked(thing: _On) -> _Of:
        found: _Of | None = thing.__dict__.get(slot)
        if found is None:
            found = thing.__dict__[slot] = compute(thing)
        return found

    return asked
