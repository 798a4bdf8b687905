"""One abstract run of a class's ``__init__``: what it knows, and how names, attributes and functions are
looked up.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from torchscript_lint.plain import replace
from torchscript_lint.program.classes import lineage
from torchscript_lint.program.definitions import Class, Definition, External, Function, ModuleRef
from torchscript_lint.program.definitions import Value as ModuleLevel
from torchscript_lint.program.instances.state import Slot, State, join_states, place_of
from torchscript_lint.program.instances.values import (
    NONE_VALUE,
    UNKNOWN_VALUE,
    Alternatives,
    Bound,
    Callee,
    Const,
    Map,
    ModuleValue,
    Own,
    Self,
    Seq,
    Space,
    Value,
    join_all,
    weak,
)
from torchscript_lint.program.module import Module
from torchscript_lint.program.once import once
from torchscript_lint.program.program import Program
from torchscript_lint.source.walk import own

#: Nodes a run may evaluate before it gives up.
MAX_STEPS = 4000
_MAX_DEPTH = 4
#: Classes without attributes or an ``__init__`` of their own.
HARMLESS = frozenset({"object", "abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol"})


class Exhausted(Exception):
    """The run has used up its steps."""


@dataclass
class Frame:
    """One running function."""

    module: Module
    scope: int
    owner: Class | None = None
    node: ast.AST | None = None
    self_name: str = ""
    closure: int = -1
    returns: list[tuple[State, Value]] = field(default_factory=list)
    breaks: list[list[State]] = field(default_factory=list)
    continues: list[list[State]] = field(default_factory=list)


class Reads:
    """What a call read of the instance that it was made on.

    Attributes:
        called: the functions that it ran.
        general: whether the rest says it all, and nothing was changed in place but what the call had made itself.
    """

    def __init__(self) -> None:
        self.called: set[ast.AST] = set()
        self.general = True
        self._found: dict[tuple[str, str, Class | None], object] = {}
        self._made: set[int] = set()

    def note(self, key: tuple[str, str, Class | None], found: object) -> None:
        """Something was looked up; the first answer counts, as later ones may rest on it."""
        self._found.setdefault(key, found)

    def made(self, ident: int) -> None:
        """An object was made that can be changed in place."""
        self._made.add(ident)

    def changed(self, idents: frozenset[int]) -> None:
        """An object was changed in place."""
        self.general = self.general and idents <= self._made

    def add(self, other: Reads) -> None:
        """The call made another call, from memory."""
        for key, found in other._found.items():
            self.note(key, found)
        self.called |= other.called

    def hold(self, run: Run) -> bool:
        """Whether a run would read the same here."""
        if any(frame.node in self.called for frame in run.frames):
            return False
        return all(_alike(run.look_up(key), found) for key, found in self._found.items())


def _alike(one: object, other: object) -> bool:
    """Whether two look-ups gave what is worth the same."""
    if one is other or one == other:
        return True
    if isinstance(one, tuple) and isinstance(other, tuple):
        a, b = one[1], other[1]  # a class-level value: two classes may say the same
        return isinstance(a, ast.Constant) and isinstance(b, ast.Constant) and Const(a.value) == Const(b.value)
    return False


class Run:
    """The run.

    Attributes:
        cls: the class of the instance.
        line: its lineage.
        complete: whether all names of attributes that are set are known.
        readers: the calls whose reads are noted, outermost first.
    """

    def __init__(self, program: Program, cls: Class, idents: Iterator[int] | None = None) -> None:
        self.program = program
        self.cls = cls
        found = lineage(cls)
        self.line = found.classes
        self.complete = found.complete
        self.state = State()
        self.frames: list[Frame] = []
        self.steps = 0
        self.container = ""
        self.readers: list[Reads] = []
        self._idents = count(1) if idents is None else idents

    # --- bookkeeping -----------------------------------------------------------------------------

    @property
    def frame(self) -> Frame:
        """The running function."""
        return self.frames[-1]

    def step(self) -> None:
        """Count one node.

        Raises:
            Exhausted: there were too many.
        """
        self.steps += 1
        if self.steps > MAX_STEPS:
            raise Exhausted

    def fresh(self) -> frozenset[int]:
        """The identity of a new object that can be changed in place."""
        ident = next(self._idents)
        for reads in self.readers:
            reads.made(ident)
        return frozenset((ident,))

    def change(self, old: Value, new: Value) -> None:
        """Let every name and attribute that holds ``old``, an object changed in place, hold ``new``."""
        for reads in self.readers:
            reads.changed(old.idents)
        self.state.change(old, new)

    def particular(self) -> None:
        """What the running calls give holds for this run only."""
        for reads in self.readers:
            reads.general = False

    def loose(self) -> None:
        """From here on there may be attributes whose names are not known."""
        self.complete = False

    def escape(self, value: Value) -> None:
        """Unknown code gets the value: it may change what can be changed in place, and set attributes on
        ``self``.
        """
        for part in (value, *(value.parts if isinstance(value, Alternatives) else ())):
            if isinstance(part, (Self, Bound, Own)):
                self.loose()
            elif isinstance(part, (Seq, Map)) and part.idents:
                if isinstance(part, Seq) and part.kind == "tuple":
                    continue
                if isinstance(part, Seq):
                    self.change(part, weak(Seq(part.kind, None, UNKNOWN_VALUE, idents=part.idents)))
                else:
                    self.change(part, weak(Map(None, UNKNOWN_VALUE, UNKNOWN_VALUE, idents=part.idents)))

    # --- names -----------------------------------------------------------------------------------

    def name(self, name: str) -> Value:
        """What a name stands for where the run is."""
        frame = self.frame
        index = frame.scope
        while index >= 0:
            found = self.state.scopes[index].get(name)
            if found is not None:
                return found
            index = frame.closure if index == frame.scope else -1
        return self.global_name(frame.module, name)

    def global_name(self, module: Module, name: str) -> Value:
        """What a module-level name stands for."""
        return self.of_definition(self.program.lookup(module, name))

    def of_definition(self, found: Definition) -> Value:
        """What a name's definition is as a value."""
        if isinstance(found, (Function, Class)):
            return Callee(found)
        if isinstance(found, ModuleRef):
            return Space(found)
        if isinstance(found, External):
            from torchscript_lint.program.instances.outside import external_value

            return external_value(found)
        if isinstance(found, ModuleLevel):
            return _level_value(self, found)
        return UNKNOWN_VALUE

    def isolated(self, module: Module, node: ast.expr, owner: Class | None = None) -> Value:
        """The value of an expression outside of any function: at module level, in a class body, a default."""
        from torchscript_lint.program.instances.expressions import evaluate

        if len(self.frames) > _MAX_DEPTH:
            return UNKNOWN_VALUE
        saved = self.state
        self.state = State([{}], {}, False)
        frames, self.frames = self.frames, [*self.frames, Frame(module, 0, owner)]
        if owner is not None:
            self.state.scopes[0] = _ClassScope(self, owner)
        try:
            return evaluate(self, node)
        finally:
            self.state, self.frames = saved, frames

    # --- attributes of self ----------------------------------------------------------------------

    def mangle(self, name: str) -> str:
        """The name under which Python stores a private name of the running method's class."""
        owner = self.frame.owner
        if owner is None or not name.startswith("__") or name.endswith("__"):
            return name
        return f"_{owner.name.lstrip('_')}{name}" if owner.name.strip("_") else name

    def set_attribute(self, name: str, value: Value, node: ast.AST | None, place: str = "") -> None:
        """``self.name = value``, as ``nn.Module.__setattr__`` does it."""
        old = self.slot(name)
        place = place or place_of(value, old)
        if place == "module" and isinstance(value, ModuleValue) and not value.idents:
            value = replace(value, idents=self.fresh())
        self.state.slots[name] = Slot(value, place, self.frame.module, node)

    def slot(self, name: str) -> Slot | None:
        """What is known of the attribute of this name that ``self`` holds."""
        found: Slot | None = self._read("slot", name)
        return found

    def class_function(self, name: str, after: Class | None = None) -> Function | External | None:
        """The method of this name in the line of classes (after one of them); External if a base outside has
        it.
        """
        found: Function | External | None = self._read("function", name, after)
        return found

    def class_assign(self, name: str) -> tuple[Class, ast.expr] | None:
        """The class-level value of this name, and the class it stands in."""
        found: tuple[Class, ast.expr] | None = self._read("assign", name)
        return found

    def class_inner(self, name: str) -> Class | None:
        """The class of this name that stands in one of the line."""
        found: Class | None = self._read("inner", name)
        return found

    def setter(self, name: str) -> Function | None:
        """The setter of the property of this name."""
        found: Function | None = self._read("setter", name)
        return found

    def class_has(self, name: str) -> bool | None:
        """Whether the class has an attribute of this name; None where a base outside may have it."""
        found: bool | None = self._read("has", name)
        return found

    def own_class(self) -> Class:
        """The class of the instance, as a value: what a call makes of it holds for this class only."""
        self.particular()
        return self.cls

    def _read(self, kind: str, name: str, after: Class | None = None) -> Any:
        key = (kind, name, after)
        found = self.look_up(key)
        for reads in self.readers:
            reads.note(key, found)
        return found

    def look_up(self, key: tuple[str, str, Class | None]) -> Any:
        """What the instance has under a name: the kind of thing, the name, and after which class of the line."""
        kind, name, after = key
        return self.state.slots.get(name) if kind == "slot" else _LOOK_UP[kind](self, name, after)

    def rest(self, after: Class | None) -> Sequence[Class | External]:
        """The line of classes after one of them (all of it after None)."""
        if after is None:
            return self.line
        for index, entry in enumerate(self.line):
            if entry is after:
                return self.line[index + 1 :]
        return ()

    # --- paths -----------------------------------------------------------------------------------

    def either(self, first: Callable[[], Any], second: Callable[[], Any]) -> tuple[Any, Any]:
        """Run two alternatives from here, and go on from where they meet."""
        one, other = self.state, self.state.copy()
        try:
            a = first()
            if self.state is not one:
                one.become(self.state)
            self.state = other
            b = second()
            if self.state is not other:
                other.become(self.state)
        finally:
            self.state = one
        self.state = join_states(one, other)
        return a, b

    def call_function(
        self,
        node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda,
        module: Module,
        owner: Class | None,
        bound: list[tuple[str, Value]],
        closure: int = -1,
        self_name: str = "",
    ) -> Value:
        """Run a function's body with these parameters."""
        from torchscript_lint.program.instances.expressions import evaluate
        from torchscript_lint.program.instances.statements import execute

        if len(self.frames) >= _MAX_DEPTH or sum(frame.node is node for frame in self.frames) > 1:
            self.loose_if_self(value for _, value in bound)
            return UNKNOWN_VALUE
        for reads in self.readers:
            reads.called.add(node)
        self.state.scopes.append(dict(bound))
        frame = Frame(module, len(self.state.scopes) - 1, owner, node, self_name, closure)
        self.frames.append(frame)
        try:
            if isinstance(node, ast.Lambda):
                return evaluate(self, node.body)
            if _is_generator(node) or isinstance(node, ast.AsyncFunctionDef):
                self.loose_if_self(value for _, value in bound)
                return UNKNOWN_VALUE
            execute(self, node.body)
            values: list[Value] = [value for _, value in frame.returns]
            final = self.state
            if not final.dead:
                values.append(NONE_VALUE)
            for state, _ in frame.returns:
                final = join_states(final, state)
            self.state = final
            return join_all(values) if values else UNKNOWN_VALUE
        finally:
            self.frames.pop()
            # Every state has the scope of the function that has just ended on top.
            del self.state.scopes[frame.scope :]

    def loose_if_self(self, values: Iterator[Value]) -> None:
        """Some code is not run that gets these values."""
        for value in values:
            self.escape(value)


def _function(run: Run, name: str, after: Class | None) -> Function | External | None:
    for entry in run.rest(after):
        if isinstance(entry, Class):
            if name in entry.functions:
                return entry.functions[name]
            if name in entry.assigns or name in entry.inner:
                return None
        elif entry.name not in HARMLESS:
            return External(f"{entry.name}.{name}")
    return None


def _assign(run: Run, name: str, after: Class | None) -> tuple[Class, ast.expr] | None:
    for entry in run.rest(after):
        if isinstance(entry, Class):
            found = entry.assigns.get(name)
            if found is not None and found[1] is not None:
                return entry, found[1]
            if name in entry.functions or name in entry.inner:
                return None
    return None


def _inner(run: Run, name: str, after: Class | None) -> Class | None:
    for entry in run.rest(after):
        if isinstance(entry, Class) and name in entry.inner:
            return entry.inner[name]
    return None


def _setter(run: Run, name: str, after: Class | None) -> Function | None:
    for entry in run.rest(after):
        if isinstance(entry, Class) and name in entry.setters:
            return entry.setters[name]
    return None


def _has(run: Run, name: str, after: Class | None) -> bool | None:
    for entry in run.rest(after):
        if isinstance(entry, Class):
            if name in entry.functions or name in entry.assigns or name in entry.inner:
                return True
        elif entry.name not in HARMLESS and entry.name != "torch.nn.Module":
            return None
    return False if run.complete else None


_LOOK_UP: dict[str, Callable[[Run, str, Class | None], object]] = {
    "function": _function, "assign": _assign, "inner": _inner, "setter": _setter, "has": _has,
}  # fmt: skip


def _is_generator(node: ast.AST) -> bool:
    known: bool | None = getattr(node, "_yields", None)  # the same function is asked about at each of its calls
    if known is None:
        known = node._yields = _yields(node)  # type: ignore[attr-defined]
    return known


def _yields(node: ast.AST) -> bool:
    return any(isinstance(part, (ast.Yield, ast.YieldFrom)) for part in own(node))


@once
def _level(program: Program) -> tuple[dict[int, Value], Iterator[int]]:
    """Values of module-level names that are known, by node, and identities for what they hold: none of a run's own."""
    return {}, count(-1, -1)


def _level_value(run: Run, found: ModuleLevel) -> Value:
    """The value of a module-level name: the same whichever run asks, and from wherever."""
    if found.value is None:
        return UNKNOWN_VALUE
    known, idents = _level(run.program)
    key = id(found.value)
    if key not in known:
        known[key] = UNKNOWN_VALUE  # for a value that rests on itself
        alone = Run(run.program, run.cls, idents)
        alone.frames = [Frame(found.module, 0)]
        try:
            value = alone.isolated(found.module, found.value)
        except Exhausted:
            return UNKNOWN_VALUE
        if not (isinstance(value, (Seq, Map)) and not value.items and value.idents):  # other code fills it
            known[key] = value
    return known[key]


class _ClassScope(dict[str, Value]):
    """Names of a class body, evaluated when they are asked for."""

    def __init__(self, run: Run, owner: Class) -> None:
        super().__init__()
        self._run, self._owner = run, owner

    def copy(self) -> _ClassScope:
        return self  # nothing assigns to it

    def get(self, key: str, default: Any = None) -> Any:
        if key in self:
            return self[key]
        found = self._owner.assigns.get(key)
        if found is not None and found[1] is not None:
            self[key] = UNKNOWN_VALUE
            self[key] = self._run.isolated(self._owner.module, found[1], self._owner)
            return self[key]
        if key in self._owner.functions:
            return Callee(self._owner.functions[key])
        if key in self._owner.inner:
            return Callee(self._owner.inner[key])
        return default
