"""Compiles one function: its signature, its body, its result (``to_ir`` of ``ir_emitter.cpp``)."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from torchscript_lint.library import Arg
from torchscript_lint.program import Class, Function
from torchscript_lint.program.classes import lineage
from torchscript_lint.script import defaults, setstate
from torchscript_lint.script.matching import convert
from torchscript_lint.script.resolve import Names, transparent
from torchscript_lint.script.scope import Frame
from torchscript_lint.script.session import ClassInfo, Compiled, Session, parameters, schema_of, unknown_schema
from torchscript_lint.script.typecomments import signature_of_comment
from torchscript_lint.script.values import UNKNOWN_VALUE, ModuleObject, Simple, Sugared, UnscriptedDataclass
from torchscript_lint.source import tree
from torchscript_lint.types import annotations as ann
from torchscript_lint.types.model import INFERRED, NONE, UNKNOWN, ClassType, Type
from torchscript_lint.types.relations import is_subtype, unify

if TYPE_CHECKING:
    pass


class Checker:
    """The state while one function is compiled.

    Attributes:
        session: the run.
        function: what is compiled.
        receiver: the value of ``self``, or None for a function.
        names: resolves what is no local variable.
        frame: the innermost block's variables.
        declared: the declared return type, or None.
        merged: the type of the return statements so far, or None.
        loops: ``""``, ``loop`` or ``unrolled``, of the innermost loop.
        failures: how many findings there have been so far.
        binders: how many targets the expression that is compiled next is assigned to.
        pending: where the compiler says it was when something that is called does not compile: the last statement or
            value that it began (``ErrorReport::CallStack::update_pending_range``).
        ahead: calls whose callee is looked up before they are begun (conditions, values of names), and what is pending
            then.
        uncertain: how many enclosing branches may be pruned by the compiler for all the source tells.
    """

    def __init__(self, session: Session, function: Function, receiver: Sugared | None, chain: tuple[str, ...]) -> None:
        self.session = session
        self.function = function
        self.receiver = receiver
        self.chain = chain
        self.names = Names(session, function, chain)
        self.frame = Frame()
        self.declared: Type | None = None
        self.merged: Type | None = None
        self.loops = ""
        self.uncertain = 0
        self.failures = 0
        self.muted = 0
        self.muted_failures = 0
        self.binders = 1
        self.pending: tree.Node = function.tree
        self.ahead: dict[tree.Node, tree.Node] = {}
        owner = function.owner
        foreign = owner is not None and _receiving_class(receiver) not in (None, owner)
        self._defaults = ""
        if isinstance(receiver, ModuleObject) and receiver.instance is not None and receiver.instance.defaults:
            self._defaults = receiver.name
        self._inherited = function if foreign and not self._defaults else None
        session.begin(self)

    # --- reports ---------------------------------------------------------------------------------

    def report(self, rule: str, node: tree.Node, **detail: str) -> Simple:
        """Note a finding at a node; gives Unknown, so that checking goes on."""
        if self.muted:
            self.muted_failures += 1
            return UNKNOWN_VALUE
        self.failures += 1
        self.session.report(
            rule, self.function.module, node.span, detail,
            target=self.function.qualname, chain=self.chain, warning=self.uncertain > 0 or bool(self._defaults),
            inherited=self._inherited, defaults=self._defaults,
        )  # fmt: skip
        return UNKNOWN_VALUE

    def attempt(self, emit: Callable[[], Sugared]) -> Sugared | None:
        """What ``emit`` gives, or None if it finds an error, of which nothing is said then."""
        before = self.muted_failures
        self.muted += 1
        try:
            value = emit()
        finally:
            self.muted -= 1
        return value if self.muted_failures == before else None

    def remark(self, rule: str, node: tree.Node, **detail: str) -> None:
        """Note a finding about what compiles all the same."""
        if not self.muted:
            self.session.report(
                rule, self.function.module, node.span, detail, target=self.function.qualname, chain=self.chain
            )

    def maybe_pruned(self, uncertain: bool) -> _Uncertain:
        """Findings inside are warnings if the branch may be one that the compiler leaves out."""
        return _Uncertain(self, uncertain)

    def inner_frame(self) -> _Inner:
        """A block of its own."""
        return _Inner(self)

    @contextmanager
    def inside_loop(self, kind: str) -> Iterator[None]:
        """Loop status for break and continue."""
        outer, self.loops = self.loops, kind
        try:
            yield
        finally:
            self.loops = outer

    # --- variables -------------------------------------------------------------------------------

    def lookup(self, name: str, node: tree.Node) -> Sugared:
        """The value of a name (``getSugaredVar``)."""
        found = self.frame.find(name)
        if found is not None:
            return found
        found = self.names.value(name)
        if isinstance(found, UnscriptedDataclass):
            return self.report("dataclass-unscripted", node, name=found.cls.name)
        if found is not None:
            return found
        why = self.frame.errors.get(name)
        if why is not None:
            detail, uncertain = why
            with self.maybe_pruned(uncertain):
                return self.report(detail["rule"], node, **{key: text for key, text in detail.items() if key != "rule"})
        return self.report("undefined-name", node, name=name, where="here")

    def assign(self, name: str, value: Sugared, node: tree.Node, annotated: Type | None = None) -> None:
        """Bind a variable (``setSugaredVar``)."""
        outer = self.frame.find_outside(name)
        type_: Type | None = value.type if isinstance(value, Simple) else None
        if outer is not None:
            if annotated is not None and annotated is not UNKNOWN:
                self.report("redeclared-variable", node, name=name)
            if type_ is None:
                if not _unknown(outer):
                    self.report("rebinding-non-value", node, name=name, kind=value.kind)
                    self.frame.forget(name)
                self.frame.store_value(name, value)
                return
            if not isinstance(outer, Simple):
                self.report("rebinding-non-value", node, name=name, kind=value.kind)
                self.frame.forget(name)
                return
            if annotated is None and isinstance(value, Simple):
                type_ = convert(value, outer.type)
                if not is_subtype(type_, outer.type):
                    self.report("variable-type-change", node, name=name, before=str(outer.type), now=str(value.type))
                    self.frame.store(name, UNKNOWN)
                    return
        if type_ is None:
            self.frame.types.pop(name, None)
            self.frame.store_value(name, value)
            return
        if annotated is not None and not is_subtype(type_, annotated):
            self.report("annotated-variable", node, name=name, annotation=str(annotated), found=str(type_))
        self.frame.store(name, annotated if annotated is not None else type_)

    # --- returns ---------------------------------------------------------------------------------

    def emit_return(self, value: Simple, node: tree.Node) -> None:
        """A return of this value (``emitReturn``)."""
        if self.declared is not None:
            found = value.type if value.type is NONE else convert(value, self.declared)
            if not is_subtype(found, self.declared):
                self.report("return-type", node, annotation=str(self.declared), found=str(value.type))
            self.merged = self.declared
        else:
            before = self.merged if self.merged is not None else value.type
            merged = unify(before, value.type)
            if merged is None:
                self.report("return-types-differ", node, before=str(before), found=str(value.type))
                merged = UNKNOWN
            self.merged = merged
        self.frame.exits = True


class _Uncertain:
    """See :meth:`Checker.maybe_pruned`. A class, because blocks are entered too often for a generator."""

    __slots__ = ("checker", "uncertain")

    def __init__(self, checker: Checker, uncertain: bool) -> None:
        self.checker = checker
        self.uncertain = uncertain

    def __enter__(self) -> None:
        self.checker.uncertain += self.uncertain

    def __exit__(self, *_: object) -> None:
        self.checker.uncertain -= self.uncertain


class _Inner:
    """See :meth:`Checker.inner_frame`."""

    __slots__ = ("checker", "frame")

    def __init__(self, checker: Checker) -> None:
        self.checker = checker

    def __enter__(self) -> Frame:
        self.frame = self.checker.frame = Frame(self.checker.frame)
        return self.frame

    def __exit__(self, *_: object) -> None:
        self.checker.frame = self.frame.parent or Frame()


def _unknown(value: Sugared) -> bool:
    return isinstance(value, Simple) and value.type is UNKNOWN


def check_function(
    session: Session, function: Function, receiver: Sugared | None, into: Compiled, chain: tuple[str, ...]
) -> None:
    """Compile a function and note its signature and findings.

    Args:
        session: the run.
        function: what to compile.
        receiver: the value of its first parameter, for methods.
        into: where its signature goes, before its body is checked if its return type is declared.
        chain: qualified names from the entry point to it.
    """
    from torchscript_lint.script.statements import emit_block

    definition = function.tree
    checker = Checker(session, function, receiver, chain)
    if isinstance(function.node, ast.AsyncFunctionDef):
        checker.report("async-function", definition, function=function.name)
        into.schema, into.failed = unknown_schema(function), True
        return
    is_open = _is_open(function, receiver)
    rejected = session.front_end(function, chain, is_open=is_open)
    if receiver is not None and not definition.params:
        if not rejected:
            checker.report("missing-self", definition, function=function.name)
        into.schema, into.failed = unknown_schema(function), True
        return
    with checker.maybe_pruned(is_open):
        args = _bind_parameters(checker, definition, receiver)
    if function.name == "__init__" and isinstance(receiver, Simple):
        checker.declared = checker.declared or NONE
    if checker.declared is not None:
        into.schema = schema_of(function, args, checker.declared)
    for star in (function.node.args.vararg, function.node.args.kwarg):
        if star is not None:
            checker.frame.store(star.arg, UNKNOWN)
    wrapped = not transparent(function)
    with checker.maybe_pruned(wrapped or is_open):
        emit_block(checker, definition.body)
        if rejected and (checker.declared is None or not checker.frame.exits):
            returns = checker.declared or UNKNOWN  # what was refused may be what returns
        else:
            returns = _finish(checker, definition)
        defaults.check(checker, definition, args, skip=0 if receiver is None else 1)
    into.schema = schema_of(function, args, returns)
    into.failed = checker.failures > 0 or rejected
    if any(param.kind in ("vararg", "kwarg") for param in definition.params) or _variadic(function):
        into.schema = unknown_schema(function)


def _is_open(function: Function, receiver: Sugared | None) -> bool:
    """Whether it is a method of a class with a base that the source does not settle.

    Such a base may have something else compiled in the place of its instances.
    """
    owner = function.owner
    return owner is not None and receiver is not None and _unknown(receiver) and not lineage(owner).complete


def _variadic(function: Function) -> bool:
    return function.node.args.vararg is not None or function.node.args.kwarg is not None


def _bind_parameters(checker: Checker, definition: tree.Def, receiver: Sugared | None) -> list[Arg]:
    """Types of the parameters, bound in the outermost frame, and the declared return type."""
    params = definition.params
    skip = 0 if receiver is None else 1

    def report(rule: str, node: tree.Node, **detail: str) -> Simple:
        # A class that fails to compile is blamed on the function that is being read, not on its annotation.
        return checker.report(rule, definition if rule == "uncompilable-class" else node, **detail)

    comment = None
    if definition.type_comment is not None:
        comment = signature_of_comment(definition, len(params) - skip, report)
    types: list[tuple[Type, int | None]] = []
    for index, param in enumerate(params[skip:]):
        if comment is not None:
            types.append(ann.parse_parameter(comment[0][index], checker.names, report))
        elif param.annotation is None:
            types.append((INFERRED, None))
        else:
            types.append(ann.parse_parameter(param.annotation, checker.names, report))
    if receiver is not None and definition.name == "__setstate__" and all(type_ is INFERRED for type_, _ in types):
        types = setstate.parameters(checker, definition, receiver)
    returns = comment[1] if comment is not None else definition.returns
    if returns is not None:
        checker.declared = ann.parse(returns, checker.names, report)
    if receiver is not None:
        self_name = params[0].name
        if isinstance(receiver, Simple):
            checker.frame.store(self_name, receiver.type)
        else:
            checker.frame.store_value(self_name, receiver)
    for param, (type_, _) in zip(params[skip:], types, strict=True):
        checker.frame.store(param.name, type_)
    return parameters(checker.function, types, skip)


def _finish(checker: Checker, definition: tree.Def) -> Type:
    """The end of the body: an implicit ``return None`` where it can be reached (``handleMaybeNoReturn``)."""
    if checker.frame.exits:
        if checker.merged is not None:
            return checker.merged
        return checker.declared if checker.declared is not None else NONE
    if checker.declared is not None and checker.declared not in (NONE, UNKNOWN):
        checker.report("missing-return", definition, annotation=str(checker.declared))
        return checker.declared
    checker.emit_return(Simple(NONE, None), definition)
    return checker.merged if checker.merged is not None else NONE


def _receiving_class(receiver: Sugared | None) -> Class | None:
    """The class of which ``self`` is an instance."""
    if isinstance(receiver, ModuleObject):
        return receiver.cls
    if isinstance(receiver, Simple) and isinstance(receiver.type, ClassType):
        definition = receiver.type.definition
        return definition.cls if isinstance(definition, ClassInfo) else None
    return None


def is_initialising(checker: Checker, type_: ClassType) -> bool:
    """Whether the ``__init__`` of this class is being compiled."""
    receiver = checker.receiver
    return checker.function.name == "__init__" and isinstance(receiver, Simple) and receiver.type is type_


__all__ = ["Checker", "check_function", "is_initialising"]
