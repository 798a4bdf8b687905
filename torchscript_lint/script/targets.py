"""What is compiled: the entry points of a file, and the findings on everything they reach."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from contextlib import contextmanager

from torchscript_lint.findings import Finding
from torchscript_lint.plain import dataclass
from torchscript_lint.program import Class, Function, Module, Program
from torchscript_lint.program.classes import is_module, lineage
from torchscript_lint.script import decorators, entry, hooks, interfaces, members, module_rules, overloads
from torchscript_lint.script.classes import class_kind
from torchscript_lint.script.definitions import Definition, definitions
from torchscript_lint.script.session import Session, receiver_key
from torchscript_lint.script.sites import Instance, Site, sites
from torchscript_lint.script.values import UNKNOWN_VALUE, ModuleObject, Sugared
from torchscript_lint.source.failures import deep_stack, described
from torchscript_lint.source.lower import node_span


def check(program: Program, module: Module, targets: str = "auto") -> list[Finding]:
    """What ``torch.jit.script`` rejects in a file, and in what its targets reach.

    Args:
        program: the program that the file belongs to.
        module: the file.
        targets: ``auto`` (what TorchScript would compile) or ``all`` (every function as if handed to it).

    Returns:
        Findings in the order of the source; those in other files of the program have these files' paths. A
        target that torchscript-lint itself fails on is a finding (TS002) at its first line; the others are
        checked.
    """
    return _run(Session(program), module, targets).result()


def compile_instance(session: Session, cls: Class) -> list[Target]:
    """Compile what an instance of a module class has compiled, and report what is refused at the door.

    Args:
        session: the run.
        cls: the module class.

    Returns:
        What was compiled; the session knows functions by identity, so it must live as long as the session.
    """
    targets = list(_Finder(session, cls.module, []).of_instance(cls))
    for target in targets:
        _compile(session, target)
    return targets


def reveal(program: Program, module: Module) -> list[tuple[str, int, str]]:
    """What ``reveal_type(...)`` calls in a file show: path, line, type."""
    return _run(Session(program, reveal=True), module, "all").revealed or []


@dataclass(frozen=True)
class Target:
    """One entry point.

    Attributes:
        definition: the function or class that is compiled.
        receiver: the value of a method's ``self``.
        chain: qualified names from what is handed over to the definition, without it.
    """

    definition: Definition
    receiver: Sugared | None = None
    chain: tuple[str, ...] = ()


def _run(session: Session, module: Module, targets: str) -> Session:
    with deep_stack():
        _check_all(session, module, targets)
    return session


def _check_all(session: Session, module: Module, targets: str) -> None:
    found = definitions(module)
    finder = _Finder(session, module, found)
    targets_of: list[Target] = []
    for definition in found:
        with _guarded(session, definition.module, definition):
            targets_of.extend(finder.of_definition(definition, every=targets == "all"))
    with _guarded(session, module, None):
        if targets == "all":
            finder.lambdas()
        for site in sites(module, found):
            targets_of.extend(finder.of_site(site))
    _compile_all(session, module, targets_of)
    _compile_all(session, module, [other for target in targets_of for other in _with_defaults(session, target)])


def _with_defaults(session: Session, target: Target) -> Iterator[Target]:
    """The same method, of an instance that is made with the default arguments."""
    if isinstance(target.receiver, ModuleObject) and target.receiver.cls is not None:
        receiver = session.default_value(target.receiver.cls)
        if receiver is not None:
            yield Target(target.definition, receiver, target.chain)


def _compile_all(session: Session, module: Module, targets: list[Target]) -> None:
    seen: set[tuple[int, object]] = set()
    for target in targets:
        key = (id(target.definition), receiver_key(target.receiver))
        if key not in seen:
            seen.add(key)
            with _guarded(session, module, target.definition):
                _compile(session, target)


def _compile(session: Session, target: Target) -> None:
    if isinstance(target.definition, Class):
        session.class_info(target.definition, target.chain)
    elif decorators.is_cached(target.definition):
        entry.cached(session, target.definition, method=target.receiver is not None)
    elif decorators.wrapping(target.definition).kind != "sourceless":
        session.compile(target.definition, target.receiver, target.chain)


@contextmanager
def _guarded(session: Session, module: Module, target: Definition | None) -> Iterator[None]:
    """A failure of torchscript-lint itself is a finding at the target, and the run goes on."""
    try:
        yield
    except Exception as error:
        node = target.node if target is not None else None
        where = target.module if target is not None else module
        span = (node.lineno, node.col_offset, node.lineno, node.col_offset + 3) if node else (1, 0, 1, 1)
        name = target.qualname if target is not None else ""
        chain = (name,) if name else ()
        session.report("internal-error", where, span, {"error": described(error)}, target=name, chain=chain)


class _Finder:
    """Finds the entry points of one file.

    Args:
        session: the run, to which what is refused at the door is reported.
        module: the file.
        found: its functions and classes.
    """

    def __init__(self, session: Session, module: Module, found: list[Definition]) -> None:
        self.session = session
        self.module = module
        self.groups = _groups(found)
        # The session knows functions by identity: those made for this run live until it ends.
        self._kept: list[Function] = []
        self._refused: set[Function] = set()
        self._hooks: set[Function] = set()

    def _overloaded(self, function: Function) -> list[Function]:
        """The functions of its name in its scope, if some of them are declarations; else none."""
        group = self.groups[_scope_key(function)]
        return group if any(map(overloads.is_declaration, group)) else []

    def _overloaded_method(self, method: Function) -> bool:
        return method.owner is not None and method.name in method.owner.overloads

    def lambdas(self) -> None:
        """Report names at module level that stand for a lambda."""
        for node in self.module.tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda):
                target = node.targets[0]
                name = target.id if isinstance(target, ast.Name) else ""
                entry.lambda_target(self.session, self.module, node.value, name)

    def of_definition(self, definition: Definition, *, every: bool) -> Iterator[Target]:
        """What is compiled because it is defined as it is; what its decorators refuse is reported.

        Args:
            definition: a function or class of the file.
            every: whether every function is a target.
        """
        if isinstance(definition, Function):
            entry.ignore_arguments(self.session, definition)
        if interfaces.is_interface(definition):
            interfaces.check(self.session, definition)
        elif isinstance(definition, Class):
            yield from self._class(definition, every)
        elif definition.owner is None:
            yield from self._function(definition, every)
        else:
            yield from self._method(definition, every)

    def of_site(self, site: Site) -> Iterator[Target]:
        """What is compiled because it is handed to ``torch.jit.script``."""
        what = site.what
        if isinstance(what, ast.Lambda):
            scope = site.scope.qualname if site.scope is not None else ""
            entry.lambda_target(self.session, self.module, what, scope)
        elif isinstance(what, Instance) and (is_module_like(what.cls) or class_kind(what.cls) != "class"):
            yield from self.of_instance(what.cls)
        elif isinstance(what, Instance):
            yield Target(what.cls)
        elif isinstance(what, Class):
            place = (site.scope, self.module, node_span(site.argument))
            if not entry.class_is_refused(self.session, what, place):
                yield Target(what)
        elif isinstance(what, Function) and what.owner is not None:
            # A bound method too is compiled as a function, whose `self` is a tensor.
            if not what.is_property and not overloads.is_declaration(what) and not self._overloaded_method(what):
                yield from self._handed(what)
        elif isinstance(what, Function):
            for function in self._alternatives(what):
                yield from self._handed(function)

    def _alternatives(self, function: Function) -> list[Function]:
        """The function, and those of its name that branches define instead."""
        if function.module is not self.module:
            return [function]
        body = function.enclosing.node.body if function.enclosing is not None else self.module.tree.body
        group = self.groups.get(_scope_key(function), [])
        return [other for other in group if other is function or other.node not in body]

    def _function(self, function: Function, every: bool) -> Iterator[Target]:
        overloaded = self._overloaded(function)
        if overloaded and function is overloaded[0]:
            for merged in self._merged(overloaded, method=False):
                if every:
                    yield Target(merged)
        if overloads.is_declaration(function):
            return
        if entry.is_scripted(function):
            yield from self._handed(function)
        elif every and function.modifier in ("", "export"):
            if not overloaded:
                entry.function_is_refused(self.session, function, overloaded=False)
                yield Target(function)
        elif every and function.modifier == "unused":
            entry.unused(self.session, function)

    def _handed(self, function: Function) -> Iterator[Target]:
        """A function that is handed to ``torch.jit.script``."""
        overloaded = bool(self._overloaded(function)) if function.module is self.module else False
        if function.modifier in ("unused", "drop"):
            entry.unused(self.session, function)
        elif not entry.function_is_refused(self.session, function, overloaded):
            yield Target(function)

    def _merged(self, group: list[Function], *, method: bool) -> list[Function]:
        merged = overloads.check(self.session, group, method=method)
        self._kept += merged
        return merged

    def _class(self, cls: Class, every: bool) -> Iterator[Target]:
        if entry.is_scripted(cls):
            if not entry.class_is_refused(self.session, cls, None):
                yield Target(cls)
        elif is_module_like(cls):
            yield from self.of_instance(cls)
        elif every and class_kind(cls) == "class":
            yield Target(cls)

    def of_instance(self, cls: Class) -> Iterator[Target]:
        """What compiling an instance of a module class starts with."""
        if _is_prepared(cls):
            return
        if not module_rules.check_class(self.session, cls):
            return
        receiver = self.session.module_value(cls)
        compiled = list(members.compiled_members(self.session, cls))
        for member in compiled:
            self._kept.append(member)
            if entry.method_is_refused(self.session, member):
                self._refused.add(member)
            else:
                chain = () if member.owner is cls else (cls.qualname,)
                yield Target(member, None if member.is_static else receiver, chain)
        for hook, module in hooks.compiled_hooks(self.session, cls, compiled):
            self._hooks.add(hook)
            yield Target(hook, module, (cls.qualname,))

    def _method(self, method: Function, every: bool) -> Iterator[Target]:
        """With ``all``, the methods that nothing else hands over; scripted ones in any case."""
        cls = method.owner
        assert cls is not None
        if entry.is_scripted(method) and method.is_static:
            yield from self._handed(method)
            return
        if not every or overloads.is_declaration(method) or self._overloaded(method):
            return
        if method.modifier not in ("", "export") or interfaces.is_interface(cls):
            return
        if method.name == "forward" and _is_prepared(cls):
            return
        if is_module_like(cls):
            if method.name == "forward" and self.session.instance(cls).forward is not None:
                return
            if method.name == "__init__" or _unused_property(method) or method in self._refused:
                return
            if method in self._hooks or decorators.is_cached(method):
                return  # a hook's `self` is the module it is registered on
            yield Target(method, None if method.is_static else self.session.module_value(cls))
        elif class_kind(cls) == "class":
            # The class is a target itself, and compiles all but these.
            if method.is_static or cls.functions.get(method.name) is not method:
                yield Target(method, None if method.is_static else UNKNOWN_VALUE)
        elif method.name != "__init__":
            yield Target(method, None if method.is_static else UNKNOWN_VALUE)


def _unused_property(method: Function) -> bool:
    return method.is_property and method.modifier in ("unused", "drop")


def _is_prepared(cls: Class) -> bool:
    """Whether instances have something else compiled in their place.

    Transforms of ``torchvision.transforms.v2`` give one of the first version (``_transform.py`` there).
    """
    for base in lineage(cls).classes:
        if isinstance(base, Class):
            if "__prepare_scriptable__" in base.functions:
                return True
        elif base.name.startswith("torchvision.transforms.v2."):
            return True
    return False


def is_module_like(cls: Class) -> bool:
    """Whether it is an ``nn.Module``, or looks like one: a ``forward``, an unknown base named ``…Module``."""
    known = is_module(cls)
    if known is not None:
        return known
    line = [base for base in lineage(cls).classes if isinstance(base, Class)]
    if not any("forward" in base.functions for base in line):
        return False
    names = [ast.unparse(base) for owner in line for base in owner.node.bases]
    return any(name.rpartition(".")[2].endswith("Module") for name in names)


def _scope_key(function: Function) -> tuple[object, str]:
    return (id(function.owner) if function.owner is not None else id(function.enclosing), function.name)


def _groups(found: list[Definition]) -> dict[tuple[object, str], list[Function]]:
    """The functions of one name in one scope."""
    groups: dict[tuple[object, str], list[Function]] = {}
    for definition in found:
        if isinstance(definition, Function):
            groups.setdefault(_scope_key(definition), []).append(definition)
    return groups
