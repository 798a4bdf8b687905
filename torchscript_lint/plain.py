"""Dataclasses that are made by the hundred thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
    from dataclasses import replace as replace
else:
    import dataclasses

    def replace(thing, /, **changes):
        """As :func:`dataclasses.replace`, for what has neither ``__post_init__`` nor cached facts: a copy, and
        what differs.
        """
        made = object.__new__(thing.__class__)
        made.__dict__.update(thing.__dict__)
        made.__dict__.update(changes)
        return made

    def dataclass(cls=None, /, *, frozen=False, **options):
        """As :func:`dataclasses.dataclass`, but only type checkers hold frozen instances to it.

        Python's way of setting a frozen instance's fields takes three times as long.
        """
        if cls is None:
            return lambda cls: dataclass(cls, frozen=frozen, **options)
        hashed = frozen and options.get("eq", True) and cls.__dict__.get("__hash__") is None
        return dataclasses.dataclass(unsafe_hash=hashed, **options)(cls)
