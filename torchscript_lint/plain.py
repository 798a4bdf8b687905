"""Dataclasses that are made by the hundred thousand."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:
    import dataclasses

    def dataclass(cls=None, /, *, frozen=False, **options):
        """As :func:`dataclasses.dataclass`, but only type checkers hold frozen instances to it.

        Python's way of setting a frozen instance's fields takes three times as long.
        """
        if cls is None:
            return lambda cls: dataclass(cls, frozen=frozen, **options)
        hashed = frozen and options.get("eq", True) and cls.__dict__.get("__hash__") is None
        return dataclasses.dataclass(unsafe_hash=hashed, **options)(cls)
