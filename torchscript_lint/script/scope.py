"""Variables: one frame per block, as ``Environment`` of ``ir_emitter.cpp`` has them.

A variable may change its type only in the frame that first bound it; inner frames may only assign subtypes.
"""

from __future__ import annotations

from torchscript_lint.script.values import Simple, Sugared
from torchscript_lint.types.model import UNKNOWN, Type


class Frame:
    """The variables of one block.

    Attributes:
        parent: the frame of the enclosing block.
        exits: whether the block certainly leaves the function (return, raise).
        types: first-class variables bound in this block.
        values: other values bound in this block (functions, modules, ...).
    """

    __slots__ = ("errors", "exits", "parent", "types", "values")

    def __init__(self, parent: Frame | None = None) -> None:
        self.parent = parent
        self.exits = False
        self.types: dict[str, Type] = {}
        self.values: dict[str, Sugared] = {}
        # Why a variable isn't there although some branch binds it (rule and details, and whether the compiler may leave
        # that branch out); kept for the whole function.
        self.errors: dict[str, tuple[dict[str, str], bool]] = parent.errors if parent is not None else {}

    def here(self, name: str) -> Sugared | None:
        """The variable, if this block binds it."""
        if name in self.values:
            return self.values[name]
        if name in self.types:
            return Simple(self.types[name])
        return None

    def find(self, name: str) -> Sugared | None:
        """The variable, in this block or an enclosing one."""
        frame: Frame | None = self
        while frame is not None:
            found = frame.here(name)
            if found is not None:
                return found
            frame = frame.parent
        return None

    def find_outside(self, name: str) -> Sugared | None:
        """The variable, in an enclosing block only."""
        return self.parent.find(name) if self.parent is not None else None

    def store(self, name: str, type: Type) -> None:
        """Bind a first-class variable in this block."""
        self.types[name] = type
        self.values.pop(name, None)

    def store_value(self, name: str, value: Sugared) -> None:
        """Bind any other value in this block."""
        self.values[name] = value

    def forget(self, name: str) -> None:
        """Bind to Unknown, here and in every enclosing block that binds the name."""
        frame: Frame | None = self
        while frame is not None:
            if frame is self or frame.here(name) is not None:
                frame.store(name, UNKNOWN)
            frame = frame.parent

    def remove(self, name: str) -> bool:
        """Unbind in all frames; whether the outermost had it (``removeVar`` forgets what the others say)."""
        removed = False
        frame: Frame | None = self
        while frame is not None:
            value, type_ = frame.values.pop(name, None), frame.types.pop(name, None)
            removed = value is not None or type_ is not None
            frame = frame.parent
        return removed
