"""What a report on modules says, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from torchscript_lint.findings import Finding

#: What can be said of ``torch.jit.script`` on an instance, the best first.
SCRIPT_STATES: Mapping[str, str] = {
    "yes": "scripts",
    "open": "scripts if the parts it is given do",
    "sometimes": "scripts in some configurations",
    "no": "does not script",
    "unknown": "cannot be told",
}
#: What can be said of ``torch.jit.trace`` on an instance, the best first.
TRACE_STATES: Mapping[str, str] = {
    "yes": "traces faithfully",
    "open": "traces faithfully if the parts it is given do",
    "sometimes": "traces faithfully for some inputs or configurations",
    "no": "does not trace faithfully",
    "unknown": "cannot be told",
    "none": "has no forward of its own to trace",
}
#: Which way to go.
WAYS: Mapping[str, str] = {
    "either": "script it or trace it",
    "script": "script it",
    "trace": "trace it",
    "fix": "script it after fixing",
    "helper": "trace it with a scripted helper",
    "nothing": "nothing to run",
    "unknown": "unknown",
}


@dataclass(frozen=True, slots=True)
class Reached:
    """A finding that a module's compilation or recording reaches.

    Attributes:
        finding: its place in :attr:`Report.findings`.
        chain: how it is reached: the module's name, ``Net.encoder: Encoder`` for a part, qualified names of
            functions.
    """

    finding: int
    chain: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RefusedPart:
    """A part of torch's own library that does not script.

    Attributes:
        chain: how it is reached, as for :class:`Reached`.
        cls: its dotted name.
        message: what the compiler says of it.
        path, row: where the attribute is set.
    """

    chain: tuple[str, ...]
    cls: str
    message: str
    path: str
    row: int


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two questions, answered.

    Attributes:
        state: a key of :data:`SCRIPT_STATES` or :data:`TRACE_STATES`.
        errors: what fails, or is mis-recorded, always; by place.
        warnings: what does so in some configuration; by place.
        refused: parts of torch's library that do not script.
        reason: why the state is ``unknown``; else empty.
        unsaved: what compiles and cannot be saved; by place.
    """

    state: str
    errors: tuple[Reached, ...] = ()
    warnings: tuple[Reached, ...] = ()
    refused: tuple[RefusedPart, ...] = ()
    reason: str = ""
    unsaved: tuple[Reached, ...] = ()


@dataclass(frozen=True, slots=True)
class Way:
    """What to do.

    Attributes:
        kind: a key of :data:`WAYS`.
        title: a few words: ``script it after fixing 3 lines``.
        why: one sentence.
    """

    kind: str
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class Part:
    """A submodule: who is held, under which name.

    Attributes:
        name: the attribute's name, or a container's key.
        cls: the class's name as people write it (``nn.Conv2d``, ``Encoder``); empty if unknown.
        kind: ``module``, or for containers ``ModuleList``, ``ModuleDict``, ``Sequential``.
        module: the class's place in :attr:`Report.modules`; None for torch's own and for unknown ones.
        count: how many members like this one follow each other; None where it is not known.
        certain: whether every instance holds it, and holds this class.
        scripts: of torch's own, whether it scripts; else None.
        parts: the members of a container.
    """

    name: str
    cls: str
    kind: str = "module"
    module: int | None = None
    count: int | None = 1
    certain: bool = True
    scripts: bool | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Module:
    """The verdict on one class.

    Attributes:
        name: dotted, within its file.
        path: its file, as it was given.
        row: where its definition starts, 1-based.
        given: whether its file was asked about; others are there because given ones hold them.
        bases: its bases as they are written.
        script, trace: the two answers.
        way: which way to go.
        parts: what it holds, in the order of ``__init__``.
        held_by: the modules that hold it, places in :attr:`Report.modules`.
    """

    name: str
    path: str
    row: int
    given: bool
    bases: tuple[str, ...]
    script: Side
    trace: Side
    way: Way
    parts: tuple[Part, ...]
    held_by: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """The verdicts on all modules of a run.

    Attributes:
        modules: given ones first, each group by file and line.
        findings: what they reach, each once, where it is defined.
        torch: the version of torch whose compiler is spoken of.
        failed: modules that torchscript-lint itself failed on: name and error.
    """

    modules: tuple[Module, ...]
    findings: tuple[Finding, ...]
    torch: str
    failed: tuple[tuple[str, str], ...] = ()

    @property
    def given(self) -> tuple[Module, ...]:
        """The modules that were asked about."""
        return tuple(module for module in self.modules if module.given)

    @property
    def clean(self) -> bool:
        """Whether every module that was asked about scripts and traces, as far as the source tells."""
        return not any("no" in (module.script.state, module.trace.state) for module in self.given)
