"""A session that remembers who reached what: findings by module class, with the path to them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from torchscript_lint.findings import Finding
from torchscript_lint.program import Class, Function, Module
from torchscript_lint.script.session import ClassInfo, Compiled, Session, receiver_key
from torchscript_lint.script.targets import Target, compile_instance
from torchscript_lint.script.values import Sugared
from torchscript_lint.types.model import INFERRED, TENSOR, TupleType, Type

if TYPE_CHECKING:
    from torchscript_lint.program import Program
    from torchscript_lint.script.checker import Checker

Place = tuple[str, int, int, str]


@dataclass(eq=False)
class Unit:
    """What is compiled as a whole: an instance of a module class, a class, a function for one receiver.

    Attributes:
        label: how a chain names it.
        findings: what was found in itself.
        reaches: the units it reaches → whether it does so in every configuration.
        names: how chains name a unit seen from this one, where not by its label.
        checker: what checks it at the moment.
    """

    label: str
    findings: dict[Place, Finding] = field(default_factory=dict)
    reaches: dict[Unit, bool] = field(default_factory=dict)
    names: dict[Unit, str] = field(default_factory=dict)
    checker: Checker | None = None

    def reach(self, other: Unit, *, certain: bool, name: str = "") -> None:
        """Note an edge; a certain one replaces an uncertain one."""
        if other is self:
            return
        known = self.reaches.get(other)
        if known is None or (certain and not known):
            self.reaches[other] = certain
            if name:
                self.names[other] = name

    def note(self, finding: Finding) -> None:
        """Note a finding; an error replaces a warning."""
        key = (finding.path, finding.row, finding.column, finding.code)
        known = self.findings.get(key)
        if known is None or (known.severity == "warning" and finding.severity == "error"):
            self.findings[key] = finding


class RecordingSession(Session):
    """A session that keeps units and their edges.

    Each function is compiled once for each receiver, whoever reaches it; which of its findings concern a
    module is then a question of paths.

    Args:
        program: the program.
    """

    remembers = False  # here a function is compiled once anyway

    def __init__(self, program: Program) -> None:
        super().__init__(program)
        self._units: dict[tuple[object, object], Unit] = {}
        self._current: list[Unit] = []
        self._kept: list[Target] = []

    def unit(self, cls: Class) -> Unit:
        """The unit of a module class's instances; compiles it when first asked for.

        Raises:
            Exception: torchscript-lint itself fails on it; the unit holds what was found until then.
        """
        key = (cls, "instance")
        found = self._units.get(key)
        if found is None:
            found = self._units[key] = Unit(cls.qualname)
            self._current, outer = [found], self._current
            try:
                self._kept += compile_instance(self, cls)
            finally:
                self._current = outer
        return found

    def function_unit(self, function: Function) -> Unit:
        """The unit of a function that is handed over by itself."""
        outer, self._current = self._current, []
        try:
            self.compile(function, None, ())
        finally:
            self._current = outer
        return self._units[(id(function), None)]

    def gives_tensors(self, function: Function, owner: Class | None) -> bool:
        """Whether a function, or a method of a module class, gives a tensor or a tuple of tensors."""
        outer, self._current = self._current, []
        try:
            compiled = self.compile(function, self.module_value(owner) if owner is not None else None, ())
        finally:
            self._current = outer
        return compiled.schema is not None and all(map(_tensors, compiled.schema.returns))

    # --- what a session is told ------------------------------------------------------------------

    def begin(self, checker: Checker) -> None:
        if self._current:
            self._current[-1].checker = checker

    def report(
        self,
        rule: str,
        module: Module,
        span: tuple[int, int, int, int],
        detail: dict[str, str],
        *,
        target: str,
        chain: tuple[str, ...],
        warning: bool = False,
        inherited: Function | None = None,
        defaults: str = "",
    ) -> None:
        before, self.findings = self.findings, {}
        try:
            super().report(rule, module, span, detail, target=target, chain=chain, warning=warning)
            for finding in self.findings.values():
                if self._current:
                    self._current[-1].note(finding)
        finally:
            self.findings = before

    def is_outside(self, module: Module) -> bool:
        return False  # a finding is shown where it is, in whichever file

    def front_end(self, function: Function, chain: tuple[str, ...], *, is_open: bool = False) -> bool:
        self._lowered.discard(id(function))  # for every receiver, not once
        return super().front_end(function, chain, is_open=is_open)

    def compile(self, function: Function, receiver: Sugared | None, chain: tuple[str, ...]) -> Compiled:
        label = function.qualname
        with self._within((id(function), receiver_key(receiver)), label):
            return super().compile(function, receiver, chain)

    def class_info(self, cls: Class, chain: tuple[str, ...]) -> ClassInfo:
        with self._within((cls, "class"), cls.qualname):
            return super().class_info(cls, chain)

    @contextmanager
    def _within(self, key: tuple[object, object], label: str) -> Iterator[None]:
        unit = self._units.setdefault(key, Unit(label))
        if self._current:
            outer = self._current[-1]
            outer.reach(unit, certain=outer.checker is None or not outer.checker.uncertain)
        self._current.append(unit)
        try:
            yield
        finally:
            self._current.pop()


def _tensors(type_: Type) -> bool:
    if isinstance(type_, TupleType):
        return bool(type_.parts) and all(map(_tensors, type_.parts))
    return type_ in (TENSOR, INFERRED)


@dataclass(frozen=True, slots=True)
class Path:
    """A unit that is reached: the way there, and whether it is reached in every configuration."""

    unit: Unit
    chain: tuple[str, ...]
    certain: bool


def paths(start: Unit) -> list[Path]:
    """All that a unit reaches, itself first, nearest first; ways that always lead there go before others."""
    found: dict[Unit, Path] = {}
    for every in (True, False):
        pending = deque([Path(start, (start.label,), True)])
        seen = {start}
        while pending:
            path = pending.popleft()
            found.setdefault(path.unit, path)
            for unit, certain in path.unit.reaches.items():
                if unit in seen or (every and not certain):
                    continue
                seen.add(unit)
                label = path.unit.names.get(unit, unit.label)
                pending.append(Path(unit, (*path.chain, label), every))
    return list(found.values())
