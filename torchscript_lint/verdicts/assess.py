"""Every module class of some files: what keeps it from scripting, what tracing would lose, who holds whom."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from torchscript_lint import library
from torchscript_lint.findings import Finding
from torchscript_lint.program import Class, External, Program
from torchscript_lint.program import Module as File
from torchscript_lint.program.classes import is_module, lineage
from torchscript_lint.program.instances import Instance, instance
from torchscript_lint.program.instances.torch_modules import library_module
from torchscript_lint.rules import BY_CODE
from torchscript_lint.script.definitions import definitions
from torchscript_lint.script.targets import is_module_like
from torchscript_lint.source.failures import deep_stack
from torchscript_lint.verdicts import way
from torchscript_lint.verdicts.model import Module, Reached, RefusedPart, Report, Side
from torchscript_lint.verdicts.parts import CONTAINERS, Held, held, parts
from torchscript_lint.verdicts.recording import RecordingSession, paths
from torchscript_lint.verdicts.tracing import Traced

Key = tuple[str, int, int, str]
Keep = Callable[[list[Finding]], list[Finding]]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class _Hit:
    """A finding as one module meets it."""

    finding: Finding
    chain: tuple[str, ...]
    error: bool


@dataclass(slots=True, eq=False)
class _Seen:
    """What is known of one class before it is judged."""

    cls: Class
    given: bool
    held: list[Held] = field(default_factory=list)
    instance: Instance | None = None
    traced: Traced | None = None
    error: str = ""
    script: list[_Hit] = field(default_factory=list)
    trace: list[_Hit] = field(default_factory=list)
    refused: list[RefusedPart] = field(default_factory=list)
    open: list[str] = field(default_factory=list)


def assess(program: Program, files: Iterable[File], *, keep: Keep = list, progress: Progress | None = None) -> Report:
    """The verdicts on the module classes of some files.

    Args:
        program: the program they belong to.
        files: the files; classes of other files are judged as far as these hold them.
        keep: which findings count (rules that are on, places that are not silenced).
        progress: called now and then with the number of classes that are done and of all that are known.

    Returns:
        The report. Nothing that a file holds raises: where torchscript-lint itself fails on a class, the
        verdict is ``unknown`` and the report's ``failed`` names it.
    """
    return _Assessment(program, keep, progress).report(list(files))


class _Assessment:
    """One run."""

    def __init__(self, program: Program, keep: Keep, progress: Progress | None) -> None:
        self.program = program
        self.session = RecordingSession(program)
        self.keep = keep
        self.progress = progress
        self.seen: dict[Class, _Seen] = {}

    def report(self, files: Sequence[File]) -> Report:
        """See :func:`assess`."""
        with deep_stack():
            return self._report(files)

    def _report(self, files: Sequence[File]) -> Report:
        self._visit_all(files)
        order = sorted(self.seen.values(), key=_position)
        self.place = {seen.cls: number for number, seen in enumerate(order)}
        for seen in order:
            if not seen.error:
                self._gather(seen)
        best = self._findings(order)
        findings = sorted(best.values())
        index = {_key(finding): number for number, finding in enumerate(findings)}
        modules = [self._judge(seen, findings, index) for seen in order]
        holders: dict[int, list[int]] = {}
        for number, seen in enumerate(order):
            for cls in dict.fromkeys(part.cls for part in seen.held if isinstance(part.cls, Class)):
                holders.setdefault(self.place[cls], []).append(number)
        modules = [replace(module, held_by=tuple(holders.get(number, ()))) for number, module in enumerate(modules)]
        failed = tuple((seen.cls.qualname, seen.error) for seen in order if seen.error)
        return Report(tuple(modules), tuple(findings), library.version(), failed)

    # --- looking ---------------------------------------------------------------------------------

    def _visit_all(self, files: Sequence[File]) -> None:
        pending: deque[Class] = deque()
        for file in files:
            for definition in definitions(file):
                if isinstance(definition, Class) and is_module_like(definition) and definition not in self.seen:
                    self.seen[definition] = _Seen(definition, given=True)
                    pending.append(definition)
        done = 0
        while pending:
            seen = self.seen[pending.popleft()]
            try:
                self._visit(seen)
            except Exception as error:  # one class must not end the run
                seen.error = f"{type(error).__name__}: {error}"
            for part in seen.held:
                if isinstance(part.cls, Class) and part.cls not in self.seen:
                    self.seen[part.cls] = _Seen(part.cls, given=False)
                    pending.append(part.cls)
            done += 1
            if self.progress is not None:
                self.progress(done, done + len(pending))

    def _visit(self, seen: _Seen) -> None:
        seen.instance = instance(self.program, seen.cls)
        seen.held = list(held(seen.instance))
        self.session.unit(seen.cls)
        seen.traced = Traced(self.program, seen.cls)

    # --- collecting ------------------------------------------------------------------------------

    def _gather(self, seen: _Seen) -> None:
        unit = self.session.unit(seen.cls)
        for part in seen.held:
            if isinstance(part.cls, Class) and not self.seen[part.cls].error:
                name = f"{seen.cls.qualname}.{part.name}: {part.cls.qualname}"
                unit.reach(self.session.unit(part.cls), certain=part.certain, name=name)

    def _hits(self, seen: _Seen) -> None:
        """What one module reaches, by both questions."""
        for path in paths(self.session.unit(seen.cls)):
            for finding in path.unit.findings.values():
                error = finding.severity == "error" and path.certain
                seen.script.append(_Hit(finding, path.chain, error))
        assert seen.traced is not None
        for finding in seen.traced.findings:
            seen.trace.append(_Hit(finding, finding.chain, finding.severity == "error"))
        for holder, chain, certain in self._below(seen):
            if holder is not seen and holder.traced is not None:
                forward = holder.traced.forward
                if forward is not None and forward not in seen.traced.followed:
                    for finding in holder.traced.findings:
                        seen.trace.append(_Hit(finding, (*chain, *finding.chain), False))
            for part in holder.held:
                name = f"{holder.cls.qualname}.{part.name}"
                self._part(seen, part, (*chain, name), certain, name=part.name if holder is seen else "")

    def _part(self, seen: _Seen, part: Held, chain: tuple[str, ...], certain: bool, name: str) -> None:
        """A part that is not of this program."""
        if isinstance(part.cls, Class):
            return
        known = library_module(part.cls.name) if isinstance(part.cls, External) else None
        if known is not None and known.scripts is False and certain and part.certain:
            cls = part.cls.name if part.cls is not None else ""
            seen.refused.append(RefusedPart(chain, cls, known.message, part.path, part.row))
        elif known is None or (known.scripts is None and known.name not in CONTAINERS):
            if name and name not in seen.open:
                seen.open.append(name)
            elif not name and "…" not in seen.open:
                seen.open.append("…")

    def _below(self, seen: _Seen) -> list[tuple[_Seen, tuple[str, ...], bool]]:
        """The module and all that it holds, nearest first, with the path."""
        found: list[tuple[_Seen, tuple[str, ...], bool]] = []
        pending: deque[tuple[_Seen, tuple[str, ...], bool]] = deque([(seen, (seen.cls.qualname,), True)])
        known = {seen.cls}
        while pending:
            holder, chain, certain = pending.popleft()
            found.append((holder, chain, certain))
            for part in sorted(holder.held, key=lambda part: not part.certain):
                if isinstance(part.cls, Class) and part.cls not in known:
                    known.add(part.cls)
                    name = f"{holder.cls.qualname}.{part.name}: {part.cls.qualname}"
                    pending.append((self.seen[part.cls], (*chain, name), certain and part.certain))
        return found

    def _findings(self, order: Sequence[_Seen]) -> dict[Key, Finding]:
        """Every finding that counts, once: where it is defined, by its surest and shortest way."""
        best: dict[Key, Finding] = {}
        for seen in order:
            if seen.error:
                continue
            self._hits(seen)
            for hit in (*seen.script, *seen.trace):
                key = _key(hit.finding)
                if key not in best or _rank(hit.finding) < _rank(best[key]):
                    best[key] = hit.finding
        kept = {_key(finding) for finding in self.keep(sorted(best.values()))}
        return {key: finding for key, finding in best.items() if key in kept}

    # --- judging ---------------------------------------------------------------------------------

    def _judge(self, seen: _Seen, findings: Sequence[Finding], index: dict[Key, int]) -> Module:
        script = _side(seen.script, index, seen.refused, seen.open)
        trace = _side(seen.trace, index, [], seen.open)
        reason = self._reason(seen)
        if reason and script.state != "no":
            script = replace(script, state="unknown", reason=reason)
        if reason and trace.state != "no":
            trace = replace(trace, state="unknown", reason=reason)
        elif seen.traced is not None and seen.traced.forward is None and not seen.traced.inherited:
            trace = replace(trace, state="none")
        elif seen.traced is not None and seen.traced.exhausted and trace.state != "no":
            trace = replace(trace, state="unknown", reason="its flow is too large to be followed to the end")
        helpers = self._helpers(seen, trace, findings) if script.state == "no" == trace.state else []
        cls = seen.cls
        return Module(
            cls.qualname, cls.module.path, cls.node.lineno, seen.given,
            tuple(ast.unparse(base) for base in cls.node.bases), script, trace,
            way.decide(script, trace, findings, helpers, [name for name in seen.open if name != "…"], cls.module.path),
            parts(seen.instance, self.place.get) if seen.instance is not None else (),
        )  # fmt: skip

    def _reason(self, seen: _Seen) -> str:
        """Why nothing can be said; empty where something can."""
        if seen.error:
            return f"torchscript-lint failed on it ({seen.error})"
        if is_module(seen.cls) is None:
            for cls in lineage(seen.cls).classes:
                if isinstance(cls, External):
                    return f"its base {cls.name} is not among the files"
            return "one of its bases is not among the files"
        return ""

    def _helpers(self, seen: _Seen, trace: Side, findings: Sequence[Finding]) -> list[str]:
        """Functions and parts that script by themselves, and hold all that tracing would lose; else none."""
        names: dict[str, None] = {}
        below = {holder.cls.qualname: holder for holder, _, _ in self._below(seen) if holder is not seen}
        for reached in trace.errors:
            finding = findings[reached.finding]
            name = self._helper(finding, below)
            if not name:
                return []
            names[name] = None
        return list(names)

    def _helper(self, finding: Finding, below: dict[str, _Seen]) -> str:
        """The function or part that a finding lies in, if it scripts and gives nothing but tensors: a number that
        a scripted part gives is baked in all the same.
        """
        function = self.program.load(finding.path).functions.get(finding.target)
        if function is not None:
            unit = self.session.function_unit(function)
            found = [f for path in paths(unit) for f in path.unit.findings.values()]
            clean = not any(f.severity == "error" for f in found)
            return function.name if clean and self.session.gives_tensors(function, None) else ""
        owner = below.get(finding.target.rpartition(".")[0])
        if owner is None or owner.cls.module.path != finding.path or owner.error or owner.refused:
            return ""
        forward = owner.traced.forward if owner.traced is not None else None
        if forward is None or any(hit.error for hit in owner.script):
            return ""
        return owner.cls.qualname if self.session.gives_tensors(forward, owner.cls) else ""


def _side(hits: Sequence[_Hit], index: dict[Key, int], refused: Sequence[RefusedPart], open_: Sequence[str]) -> Side:
    errors: dict[int, Reached] = {}
    warnings: dict[int, Reached] = {}
    unsaved: dict[int, Reached] = {}
    for hit in hits:
        number = index.get(_key(hit.finding))
        if number is not None:
            saving = BY_CODE[hit.finding.code].proof == "save"
            kind = unsaved if saving else errors if hit.error else warnings
            kind.setdefault(number, Reached(number, hit.chain))
    for number in errors:
        warnings.pop(number, None)
    state = "no" if errors or refused else "sometimes" if warnings else "open" if open_ else "yes"
    return Side(
        state,
        tuple(errors[number] for number in sorted(errors)),
        tuple(warnings[number] for number in sorted(warnings)),
        tuple(refused),
        unsaved=tuple(unsaved[number] for number in sorted(unsaved)),
    )


def _key(finding: Finding) -> Key:
    return finding.path, finding.row, finding.column, finding.code


def _rank(finding: Finding) -> tuple[bool, int, Finding]:
    return finding.severity != "error", len(finding.chain), finding


def _position(seen: _Seen) -> tuple[bool, str, int, str]:
    return not seen.given, seen.cls.module.path, seen.cls.node.lineno, seen.cls.qualname
