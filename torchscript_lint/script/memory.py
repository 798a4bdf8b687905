"""What compiling gave, remembered from one file's session to the next.

Each file is checked in a session of its own, in which its findings get the chains that lead to them from its entry
points. What many files reach (a base class's helpers, the classes that signatures name) would be compiled again for
each. So every *unit* (a function for one receiver, a class, a named tuple) leaves a record: what it reported and which
units it asked for, in order, with chains seen from itself. A later session that needs the unit replays the record,
which does to the session what compiling again would do.

A record stands by itself only if nothing in it rested on what was being compiled around it: a unit that met an
unfinished one outside of itself (recursion, a method that names its own class) is replayed only as a part of that one.
This is how strongly connected components are found (Tarjan), with `low` as there.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torchscript_lint.program import Program
    from torchscript_lint.script.session import Session

Key = tuple[str, Any, object]
Chain = tuple[str, ...]
#: `low` of what may not be replayed at all.
_NEVER = -1


class Record:
    """What one unit did.

    Attributes:
        key: the unit.
        base: the chain with which it was compiled first.
        index: its place among the unfinished units.
        low: the outermost unfinished unit that it rests on; its own index if on none.
        root: the record of which it is a part (itself where it stands alone); None while that is unfinished.
        inner: the finished units that rest on it, or on what it rests on.
        events: what it did to the session, in order.
        children: the records of the units it asked for.
        depth: by how much the chains inside of it are longer than its own.
        result: what the session keeps of it.
    """

    __slots__ = ("base", "children", "depth", "events", "index", "inner", "key", "low", "result", "root")

    def __init__(self, key: Key, base: Chain, index: int) -> None:
        self.key = key
        self.base = base
        self.index = index
        self.low = index
        self.root: Record | None = None
        self.inner: list[Record] = []
        self.events: list[tuple[Any, ...]] = []
        self.children: list[Record] = []
        self.depth = 0
        self.result: Any = None


class Memory:
    """Records and replays the units of one session.

    Args:
        program: the program, which keeps the records.
        session: the session.
        deepest: how long a chain may get.
    """

    def __init__(self, program: Program, session: Session, deepest: int) -> None:
        kept: dict[Key, Record] | None = getattr(program, "_records", None)
        if kept is None:
            kept = {}
            program._records = kept  # type: ignore[attr-defined]
        self._kept = kept
        self._session = session
        self._deepest = deepest
        self._finished: dict[Key, Record] = {}
        self._unfinished: dict[Key, int] = {}
        self._stack: list[Record] = []
        self._paused = False

    # --- recording -------------------------------------------------------------------------------

    def begin(self, key: Key, chain: Chain, *, alone: bool = True) -> None:
        """A unit begins; ``alone`` is whether it is the same in every session."""
        record = Record(key, chain, len(self._stack))
        if not alone:
            record.low = _NEVER
        self._unfinished[key] = record.index
        self._stack.append(record)

    def end(self, result: object) -> None:
        """The unit that began last is finished."""
        record = self._stack.pop()
        del self._unfinished[record.key]
        self._finished[record.key] = record
        record.result = result
        if record.low == record.index:
            record.root = record
            for part in record.inner:
                part.root = record
            self._kept.setdefault(record.key, record)
            return
        for part in record.inner:
            part.low = record.low
        if self._stack:
            above = self._stack[-1]
            above.low = min(above.low, record.low)
            above.inner += record.inner
            above.inner.append(record)

    def fail(self) -> None:
        """The unit that began last has failed: torchscript-lint itself, not the code it looks at."""
        self._stack[-1].low = _NEVER
        self.end(None)

    def never(self) -> None:
        """What goes on is of this session alone."""
        if self._stack:
            self._stack[-1].low = _NEVER

    @contextmanager
    def paused(self) -> Iterator[None]:
        """What happens inside is no event of its own: it follows from one."""
        outer, self._paused = self._paused, True
        try:
            yield
        finally:
            self._paused = outer

    def note(self, kind: str, chain: Chain, *what: Any) -> None:
        """The unit that is compiled does something to the session."""
        if self._paused or not self._stack:
            return
        record = self._stack[-1]
        if record.low == _NEVER:
            return
        size = len(record.base)
        if chain[:size] != record.base:
            record.low = _NEVER
            return
        record.events.append((kind, chain[size:], *what))

    def asked(self, key: Key, chain: Chain | None) -> None:
        """The unit that is compiled has asked for another one, which is finished unless it contains this one.

        Args:
            key: the other one.
            chain: with which it was asked for; None for a unit that is compiled with an empty one by all.
        """
        if self._paused or not self._stack:
            return
        record = self._stack[-1]
        outer = self._unfinished.get(key)
        if outer is not None:
            record.low = min(record.low, outer)
            return
        other = self._finished[key]
        if other.root is None:
            record.low = min(record.low, other.low)
        if record.low == _NEVER:
            return
        record.children.append(other)
        if chain is None:
            record.events.append(("unit", None, other))
        else:
            self.note("unit", chain, other)
            record.depth = max(record.depth, len(chain) - len(record.base) + other.depth)

    # --- replaying -------------------------------------------------------------------------------

    def replay(self, key: Key, chain: Chain) -> bool:
        """Replay a unit that the session does not know yet; whether that could be done."""
        record = self._kept.get(key)
        if record is None or len(chain) + record.depth > self._deepest or not self._holds(record):
            return False
        with self.paused():
            self._apply(record, chain)
        return True

    def _holds(self, record: Record) -> bool:
        """Whether nothing that the record rests on is otherwise in this session, or unfinished."""
        seen: set[Record] = set()
        todo = [record]
        while todo:
            part = todo.pop()
            if part in seen:
                continue
            seen.add(part)
            known = self._finished.get(part.key)
            if known is part:
                continue
            if known is not None or part.key in self._unfinished or part.root is None:
                return False
            todo += part.children
            todo.append(part.root)
        return True

    def _apply(self, record: Record, chain: Chain) -> None:
        session = self._session
        self._finished[record.key] = record
        session.keep(record.key, record.result)
        for kind, suffix, *what in record.events:
            if kind == "unit":
                if what[0].key not in self._finished:
                    self._apply(what[0], () if suffix is None else chain + suffix)
            elif kind == "front end":
                session.front_end(what[0], chain + suffix, is_open=what[1])
            else:
                rule, module, span, detail, target, warning, inherited, blamed = what
                if blamed is not None:
                    detail = {**detail, "message": session.words(blamed)}
                session.report(
                    rule, module, span, detail,
                    target=target, chain=chain + suffix, warning=warning, inherited=inherited,
                )  # fmt: skip
