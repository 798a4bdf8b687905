"""One run of the checker over a program: each function is compiled once, as the compiler does it."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from torchscript_lint.findings import Finding, make, ordered
from torchscript_lint.library import Arg, Schema
from torchscript_lint.program import Class, Function, Module, Program
from torchscript_lint.program.instances import Instance, default_instance, instance
from torchscript_lint.program.once import once
from torchscript_lint.rules import BY_NAME
from torchscript_lint.script.decorators import wrapping
from torchscript_lint.script.memory import Key, Memory
from torchscript_lint.script.values import UNKNOWN_VALUE, ModuleObject, Simple, Sugared
from torchscript_lint.source import tree
from torchscript_lint.types.model import UNKNOWN, ClassType, NamedTupleType, Type

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker


#: Deeper chains of calls than this are not followed: each takes some forty frames of Python's own stack.
_MAX_DEPTH = 64


class Compiled:
    """A function that has been compiled, or is being compiled.

    Attributes:
        schema: its signature; None while the parameters are read.
        done: False while its body is being checked: a call then is a recursive one.
        failed: whether the compiler would have rejected it.
    """

    __slots__ = ("done", "failed", "schema")

    def __init__(self) -> None:
        self.schema: Schema | None = None
        self.done = False
        self.failed = False


class ClassInfo:
    """A TorchScript class: what compiling its ``__init__`` found it to hold.

    Attributes:
        cls: the class of the program.
        type: its type.
        attributes: the attributes' types.
        complete: False where the source does not tell all of them.
        state: ``new``, ``init`` (``__init__`` is being compiled) or ``ready``.
    """

    __slots__ = ("attributes", "cls", "complete", "state", "type")

    def __init__(self, cls: Class) -> None:
        self.cls = cls
        self.attributes: dict[str, Type] = {}
        self.complete = True
        self.state = "new"
        self.type: ClassType = ClassType.of(cls.fullname, "class", self)


@once
def _roots(program: Program) -> frozenset[str]:
    """The files that are linted."""
    return frozenset(map(os.path.abspath, program.roots))


class Session:
    """Compiles functions of a program and collects what is found.

    Args:
        program: the program.
        reveal: whether ``reveal_type(...)`` is answered; to the compiler it is no function that compiles.
    """

    #: Whether what earlier sessions compiled is replayed (see :mod:`torchscript_lint.script.memory`).
    remembers = True

    def __init__(self, program: Program, *, reveal: bool = False) -> None:
        self.program = program
        self.memory = Memory(program, self, _MAX_DEPTH) if self.remembers and not reveal else None
        self.findings: dict[tuple[object, ...], Finding] = {}
        self.revealed: list[tuple[str, int, str]] | None = [] if reveal else None
        self._compiled: dict[tuple[int, object], Compiled] = {}
        self._classes: dict[Class, ClassInfo] = {}
        self._compiles: dict[Class, bool | None] = {}
        self._lowered: set[int] = set()
        self.named_tuples: dict[Class, NamedTupleType | None] = {}
        # Findings in methods that only subclasses' instances gave so far, by their keys.
        self._inherited: dict[tuple[object, ...], Function] = {}
        # What each finding was reached from: a method is compiled for each class that inherits it.
        self._entries: dict[tuple[object, ...], set[str]] = {}
        self._rows: set[tuple[str, int]] = set()
        self._roots = _roots(program)
        self._outside: dict[str, bool] = {}
        # Of files outside of the run: how severe a finding they have.
        self._severities: dict[str, set[str]] = {}
        self._words: tuple[str, Module] | None = None
        # The first finding of each file, by its key.
        self._first: dict[str, tuple[object, ...]] = {}

    # --- reports ---------------------------------------------------------------------------------

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
        """Note a finding; of the same one by several ways the first stays, an error before a warning.

        Args:
            rule: name of the rule.
            module: the file.
            span: as the tree has it.
            detail: the values of the rule's templates.
            target: qualified name of the function.
            chain: qualified names from the entry point to it.
            warning: whether it fails in some configuration only.
            inherited: the method it is in, where that is compiled for an instance of a subclass.
            defaults: the class for whose default arguments it is so: then a line with a finding gets no other.
        """
        if self.memory is not None:
            blamed = self._words[1] if self._words is not None and self._words[0] is detail.get("message") else None
            self.memory.note("report", chain, rule, module, span, detail, target, warning, inherited, blamed)
        found = BY_NAME[rule]
        if self.is_outside(module):
            # It is shown nowhere; but why what calls it fails is said in the first one's words.
            severity = "warning" if warning else found.severity
            if severity in self._severities.setdefault(module.path, set()):
                return
            self._severities[module.path].add(severity)
            inherited = None
        region = module.source.region(span)
        key = (module.path, region[0], region[1], found.code)
        row = key[:2]
        if defaults and row in self._rows:
            return
        self._rows.add(row)
        self._entries.setdefault(key, set()).update(chain[:1])
        known = self.findings.get(key)
        severity = "warning" if warning else found.severity
        if inherited is None:
            self._inherited.pop(key, None)
        elif known is None:
            self._inherited[key] = inherited
        if known is None or (known.severity == "warning" and severity == "error"):
            made = make(found, module.path, region, detail, severity=severity, target=target, chain=chain)
            if defaults:
                made = replace(made, message=f"{made.message} (so it is with the default arguments of `{defaults}`)")
            self.findings[key] = made
            self._first.setdefault(module.path, key)

    def front_end(self, function: Function, chain: tuple[str, ...], *, is_open: bool = False) -> bool:
        """Report what the front end rejects in a function, once.

        Args:
            function: the function.
            chain: qualified names from the entry point to it, itself the last.
            is_open: whether something else may be compiled in its place.

        Returns:
            Whether there is anything.
        """
        rejections = function.tree.rejections
        if self.memory is not None:
            self.memory.note("front end", chain, function, is_open)
        if id(function) not in self._lowered:
            self._lowered.add(id(function))
            # What an unknown decorator makes of it may be compiled from another source.
            opaque = is_open or (bool(rejections) and wrapping(function).kind == "opaque")
            with self.memory.paused() if self.memory is not None else nullcontext():
                for rejection in rejections:
                    self.report(
                        rejection.rule, function.module, rejection.span, rejection.detail,
                        target=function.qualname, chain=chain, warning=opaque,
                    )  # fmt: skip
        return bool(rejections)

    def result(self) -> list[Finding]:
        """All findings, in order. What fails in a method only for instances of subclasses is a warning."""
        for function in dict.fromkeys(self._inherited.values()):
            if function.owner is not None:
                # Whether it fails for the class that defines it as well.
                self.compile(function, self._receiver(function.owner), ())
        found = dict(self.findings)
        for key in self._inherited:
            found[key] = replace(found[key], severity="warning")
        for key, entries in self._entries.items():
            others = entries.difference(found[key].chain[:1]) if key in found else ()
            if others:
                found[key] = replace(found[key], entries=tuple(sorted(others)))
        return ordered(found.values())

    def is_outside(self, module: Module) -> bool:
        """Whether a file is none of those that are linted, so that its findings are shown where it is called."""
        known = self._outside.get(module.path)
        if known is None:
            known = bool(self._roots) and os.path.abspath(module.path) not in self._roots
            self._outside[module.path] = known
        return known

    def words(self, module: Module) -> str:
        """The compiler's words on the first thing wrong with a file outside of the run."""
        words = "a function that it calls does not compile"
        if module.path in self._first:
            finding = self.findings[self._first[module.path]]
            words = finding.compiler or finding.message
        self._words = (words, module)
        return words

    # --- compiling -------------------------------------------------------------------------------

    def compile(self, function: Function, receiver: Sugared | None, chain: tuple[str, ...]) -> Compiled:
        """Compile a function, or find it compiled.

        Args:
            function: what to compile.
            receiver: the value of its first parameter, for methods.
            chain: qualified names from the entry point to its caller.
        """
        what = receiver_key(receiver)
        found = self._compiled.get((id(function), what))
        unit = ("function", function, what)
        if found is None and len(chain) > _MAX_DEPTH:
            found = Compiled()
            found.schema, found.done = unknown_schema(function), True
            if self.memory is not None:
                self.memory.never()
            return found
        if found is None:
            # What is known of a module's instance differs with how it was come by.
            alone = receiver is None or isinstance(receiver, Simple)
            self.settle(unit, chain, lambda: self._compile(function, receiver, chain), alone=alone)
            found = self._compiled[id(function), what]
        if self.memory is not None:
            self.memory.asked(unit, chain)
        return found

    def _compile(self, function: Function, receiver: Sugared | None, chain: tuple[str, ...]) -> Compiled:
        from torchscript_lint.script.checker import check_function  # they call each other

        into = self._compiled[id(function), receiver_key(receiver)] = Compiled()
        check_function(self, function, receiver, into, (*chain, function.qualname))
        into.done = True
        return into

    def settle(self, key: Key, chain: tuple[str, ...], make: Callable[[], object], *, alone: bool = True) -> None:
        """Compile what the session does not know yet, or replay what an earlier one made of it.

        Args:
            key: what it is, as :meth:`keep` gets it.
            chain: qualified names from the entry point to where it is asked for.
            make: compiles it, and gives what the session keeps.
            alone: whether every session makes the same of it.
        """
        memory = self.memory
        if memory is None:
            make()
        elif not alone or not memory.replay(key, chain):
            memory.begin(key, chain, alone=alone)
            try:
                result = make()
            except BaseException:
                memory.fail()
                raise
            memory.end(result)

    def keep(self, key: Key, result: Any) -> None:
        """Know what an earlier session made of a unit."""
        kind, what, receiver = key
        if kind == "function":
            self._compiled[id(what), receiver] = result
        elif kind == "class":
            self._classes[what] = result
        else:
            self.named_tuples[what] = result

    def begin(self, checker: Checker) -> None:
        """A checker starts on the function whose compiling began last: for runs that keep the paths."""

    def class_info(self, cls: Class, chain: tuple[str, ...]) -> ClassInfo:
        """A TorchScript class, compiled: first its ``__init__``, then its other methods."""
        unit = ("class", cls, None)
        if cls not in self._classes:
            self.settle(unit, chain, lambda: self._class(cls, chain))
        if self.memory is not None:
            self.memory.asked(unit, chain)
        return self._classes[cls]

    def _class(self, cls: Class, chain: tuple[str, ...]) -> ClassInfo:
        from torchscript_lint.script import classes  # they call each other

        info = self._classes[cls] = ClassInfo(cls)
        classes.body(self, cls, chain)
        info.complete = classes.class_kind(cls) == "class"
        info.state = "init"
        init = cls.functions.get("__init__")
        value = Simple(info.type)
        if init is not None:
            self.compile(init, value, chain)
        elif any(name.startswith("dataclasses.dataclass") for name in cls.decorators):
            info.complete = False
        info.state = "ready"
        for method in classes.methods(self, cls, chain):
            self.compile(method, UNKNOWN_VALUE if method.is_classmethod else value, chain)
        return info

    def _receiver(self, cls: Class) -> Sugared:
        """An instance of a class as ``self``."""
        from torchscript_lint.script import classes

        if classes.class_kind(cls) == "class":
            return Simple(self.class_info(cls, ()).type)
        return self.module_value(cls)

    def compiles(self, cls: Class) -> bool | None:
        """Whether a class of the program compiles by itself, of which nothing is reported; None if that is open."""
        if cls not in self._compiles:
            self._compiles[cls] = None  # it reaches itself
            probe = Session(self.program)
            complete = probe.class_info(cls, ()).complete
            severities = {finding.severity for finding in probe.findings.values()}
            fails = "error" in severities
            self._compiles[cls] = False if fails else None if severities or not complete else True
        return self._compiles[cls]

    def module_value(self, cls: Class) -> ModuleObject:
        """An instance of an ``nn.Module`` subclass of the program."""
        return ModuleObject(cls, instance=self.instance(cls))

    def default_value(self, cls: Class) -> ModuleObject | None:
        """An instance made with the default arguments of its constructor, if it differs from what any instance is."""
        found = default_instance(cls)
        return ModuleObject(cls, instance=found) if found is not None else None

    def instance(self, cls: Class) -> Instance:
        """What an instance of a module class holds."""
        return instance(self.program, cls)


def receiver_key(receiver: Sugared | None) -> object:
    """What makes a method another one: the class of the instance it is compiled for."""
    if isinstance(receiver, ModuleObject):
        if receiver.instance is not None and receiver.instance.defaults:
            return ("defaults", id(receiver.cls))
        return id(receiver.cls) if receiver.cls is not None else receiver.external
    if isinstance(receiver, Simple):
        return receiver.type
    return None


def parameters(function: Function, types: list[tuple[Type, int | None]], skip: int) -> list[Arg]:
    """The parameters as a schema has them.

    Args:
        function: the function.
        types: type and broadcasting length of each parameter after the skipped ones.
        skip: how many parameters at the front (``self``) are left out.
    """
    args = []
    for param, (type_, n) in zip(_positional(function.tree)[skip:], types, strict=True):
        args.append(Arg(param.name, type_, param.default is not None, param.kind == "keyword", n))
    return args


def _positional(definition: tree.Def) -> list[tree.Param]:
    return definition.params


def schema_of(function: Function, args: list[Arg], returns: Type) -> Schema:
    """A function's signature, spelled as the compiler prints it."""
    inner = ", ".join(f"{arg.type} {arg.name}" + ("=..." if arg.has_default else "") for arg in args)
    text = f"{function.name}({inner}) -> {returns}"
    return Schema(function.name, "", tuple(args), (returns,), text)


def unknown_schema(function: Function) -> Schema:
    """The signature of a function of which nothing is known: it takes anything."""
    return Schema(function.name, "", (), (UNKNOWN,), f"{function.name}(...)", vararg=True)
