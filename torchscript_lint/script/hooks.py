"""Forward hooks and pre-hooks: compiled with the module they are on, against the signature of its ``forward``.

``get_hook_stubs`` of ``torch/jit/_recursive.py``, ``CompilationUnit::define_hooks`` of ``ir_emitter.cpp``,
``checkForwardHookSchema`` and ``checkForwardPreHookSchema`` of ``ATen/core/class_type.cpp``. None of their errors
has a place: what is wrong with a signature is reported at the hook's ``def``, the rest where it is registered.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from torchscript_lint import library
from torchscript_lint.library import Schema
from torchscript_lint.program import Class, External, Function
from torchscript_lint.program.classes import is_module_name, method
from torchscript_lint.program.instances import Hook
from torchscript_lint.script import entry
from torchscript_lint.script.resolve import transparent
from torchscript_lint.script.session import Session
from torchscript_lint.script.values import ModuleObject
from torchscript_lint.source.lower import node_span
from torchscript_lint.types.model import NONE, UNKNOWN, TupleType, Type, plain


def compiled_hooks(
    session: Session, cls: Class, members: Sequence[Function]
) -> Iterator[tuple[Function, ModuleObject]]:
    """The hooks that compiling an instance compiles, after its methods; what is wrong with them is reported.

    Args:
        session: the run.
        cls: the module class.
        members: its methods that are compiled without being called.

    Yields:
        Of each hook that is always there: the function, and the module it is on.
    """
    check = _Check(session, cls, {member.name for member in members})
    for hook in session.instance(cls).hooks:
        yield from check.hook(hook)


def output(session: Session, hooks: Sequence[Hook], chain: tuple[str, ...], given: Type) -> Type:
    """What calling a module gives, after its hooks.

    Args:
        session: the run.
        hooks: the hooks on the module.
        chain: qualified names from the entry point to the call.
        given: what ``forward`` gives.
    """
    for hook in hooks:
        if hook.pre:
            continue
        if hook.function is None or not hook.certain:
            return UNKNOWN
        returned = _returned(_schema(session, hook.function, _module(session, hook), chain))
        given = given if returned is NONE else returned
    return given


class _Check:
    """One instance's hooks, module by module."""

    def __init__(self, session: Session, cls: Class, members: set[str]) -> None:
        self.session = session
        self.cls = cls
        self.members = members
        # Of each module: what its hooks are called, and what the last one gives.
        self._names: dict[object, dict[str, Function]] = {}
        self._given: dict[object, Type] = {}

    def hook(self, hook: Hook) -> Iterator[tuple[Function, ModuleObject]]:
        """Check one; yields it if it is compiled."""
        if hook.anonymous is not None:
            span = node_span(hook.anonymous)
            self._report("lambda-target", hook, span, {}, (self.cls.qualname,))
        if hook.python_type:
            self._no_function(hook, hook.python_type, "__name__")
        function = hook.function
        if function is None:
            return
        if entry.is_scripted(function):
            self._no_function(hook, "ScriptFunction", "__globals__")
            return
        if not hook.certain or hook.cls is None or function.modifier in ("unused", "drop") or not transparent(function):
            return
        if not function.tree.params:
            return  # one that takes `*args` is refused as a target of its own
        target = _module(self.session, hook)
        yield function, target
        self._name(hook, function, target)
        key: object = "" if hook.own else hook.target or id(hook)
        forward = _forward(self.session, hook, self.cls)
        given = self._given.get(key, _returned(forward))
        schema = _schema(self.session, function, target, (self.cls.qualname,))
        if not hook.pre:
            self._given[key] = _returned(schema)
        reason = _wrong(hook, function, schema, forward, given)
        if reason:
            kind = "Pre-hook" if hook.pre else "Hook"
            detail = {"kind": kind, "hook": function.name, "module": target.name, "reason": reason}
            detail["expected"] = _expected(hook, function, forward, given)
            line, column = function.node.lineno, function.node.col_offset
            chain = (self.cls.qualname, function.qualname)
            self._report("hook-signature", hook, (line, column, line, column + 3), detail, chain, function)

    def _no_function(self, hook: Hook, kind: str, attribute: str) -> None:
        node = hook.node.args[0] if hook.python_type and hook.node.args else hook.node
        detail = {"kind": kind.rpartition(".")[2] if "." not in kind[:9] else kind, "attribute": attribute}
        self._report("hook-no-function", hook, node_span(node), detail, (self.cls.qualname,))

    def _name(self, hook: Hook, function: Function, target: ModuleObject) -> None:
        """A second hook of the same name, or one called like a method of the module."""
        if hook.own and function.name in self.members:
            said = f"Can't define hook: {function.name}"
            detail = {"hook": function.name, "other": "a method of the module", "said": said}
            self._report("hook-name", hook, node_span(hook.node), detail, (self.cls.qualname,))
            return
        if not hook.own and not hook.target:
            return
        names = self._names.setdefault("" if hook.own else hook.target, {})
        first = names.setdefault(function.name, function)
        if first.node is not function.node:
            kind = "Pre-hook" if hook.pre else "Hook"
            said = f"{kind} '{function.name}' on {target.name} has at least two different python definitions."
            detail = {"hook": function.name, "other": "another hook", "said": said}
            self._report("hook-name", hook, node_span(hook.node), detail, (self.cls.qualname,))

    def _report(
        self,
        rule: str,
        hook: Hook,
        span: tuple[int, int, int, int],
        detail: dict[str, str],
        chain: tuple[str, ...],
        function: Function | None = None,
    ) -> None:
        """Report where a hook is registered, or in the hook; what only fails for a subclass is its configuration."""
        self.session.report(
            rule, function.module if function is not None else hook.module, span, detail,
            target=chain[-1], chain=chain, warning=not hook.certain,
            inherited=function if hook.owner is not self.cls else None,
        )  # fmt: skip


def _module(session: Session, hook: Hook) -> ModuleObject:
    if isinstance(hook.cls, Class):
        return session.module_value(hook.cls)
    return ModuleObject(None, hook.cls.name if hook.cls is not None else "")


def _schema(session: Session, function: Function, target: ModuleObject, chain: tuple[str, ...]) -> Schema | None:
    return session.compile(function, target, chain).schema


def _forward(session: Session, hook: Hook, cls: Class) -> Schema | None:
    """The signature of the module's ``forward``, without ``self``; None where there isn't one that is known."""
    if isinstance(hook.cls, Class):
        found = method(hook.cls, "forward")
        if isinstance(found, Function):
            overloaded = found.owner is not None and found.name in found.owner.overloads
            if found.modifier or overloaded or not transparent(found):
                return None
            return _schema(session, found, session.module_value(hook.cls), (cls.qualname,))
    name = hook.cls.name if isinstance(hook.cls, External) else ""
    known = library.nn_module(name.rpartition(".")[2]) if is_module_name(name) else None
    return known.forward[0] if known is not None and len(known.forward) == 1 else None


def _returned(schema: Schema | None) -> Type:
    if schema is None or len(schema.returns) != 1:
        return UNKNOWN
    return plain(schema.returns[0])


def _wrong(hook: Hook, function: Function, schema: Schema | None, forward: Schema | None, given: Type) -> str:
    """What the compiler says of a hook's signature; empty if it fits."""
    wanted, count = (2, len(function.tree.params)) if hook.pre else (3, len(function.tree.params))
    if count != wanted:
        return f"was expected to only have exactly {wanted} inputs but it had {count} inputs"
    if schema is None or schema.vararg or len(schema.args) != wanted - 1:
        return ""
    taken = plain(schema.args[0].type)
    if taken is UNKNOWN:
        return ""
    if not isinstance(taken, TupleType):
        return f"expected the input argument to be typed as a Tuple but found type: '{taken}' instead"
    types = _types(forward)
    if types is not None and (problem := _input_problem(taken, types)):
        return problem
    if hook.pre:
        return _return_problem(function, _returned(schema), types)
    received = plain(schema.args[1].type)
    if UNKNOWN not in (received, given) and received is not given and not received.unknown and not given.unknown:
        return f"has the wrong type for the output argument. Received type: '{received}'. Expected type: '{given}'"
    return ""


def _types(forward: Schema | None) -> list[Type] | None:
    if forward is None or forward.vararg:
        return None
    return [plain(arg.type) for arg in forward.args]


def _input_problem(taken: TupleType, types: list[Type]) -> str:
    received = f"Received type: '{taken}'"
    if not types and taken.parts:
        return f"was expecting Tuple[()] as the input type. {received}"
    if len(taken.parts) != len(types):
        return f"has the wrong number of contained types for the input argument's Tuple. {received}"
    if _differ(taken.parts, types):
        return f"has the wrong inner types for the input tuple argument. {received}"
    return ""


def _differ(parts: Sequence[Type], types: Sequence[Type]) -> bool:
    return any(
        part is not type_ and not part.unknown and not type_.unknown for part, type_ in zip(parts, types, strict=True)
    )


def _return_problem(function: Function, returned: Type, types: list[Type] | None) -> str:
    """A pre-hook gives None, what ``forward`` takes as a tuple, or its only argument."""
    if function.tree.returns is None and function.tree.type_comment is None:
        return "is missing a return annotation"
    if returned in (NONE, UNKNOWN) or types is None:
        return ""
    wrong = f"returned the wrong type of: '{returned}'"
    if len(types) == 1 and (returned is types[0] or types[0].unknown):
        return wrong if isinstance(returned, TupleType) and not types[0].unknown else ""
    if not isinstance(returned, TupleType):
        return wrong
    if len(returned.parts) != len(types):
        return f"{wrong}. The returned tuple contains the wrong number of contained types" if types else wrong
    return f"{wrong}. The returned tuple contains the wrong inner types" if _differ(returned.parts, types) else ""


def _expected(hook: Hook, function: Function, forward: Schema | None, given: Type) -> str:
    """The signature that fits, for people."""
    types = _types(forward)
    inner = "..." if types is None else ", ".join(map(str, types)) or "()"
    if hook.pre:
        return f"def {function.name}(self, input: Tuple[{inner}]) -> None"
    return f"def {function.name}(self, input: Tuple[{inner}], output: {'...' if given.unknown else given})"
