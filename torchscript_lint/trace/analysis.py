"""The flow analysis: runs functions on abstract values, each way of calling once."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from torchscript_lint.findings import Finding, make
from torchscript_lint.program import Class, Definition, External, Function, ModuleRef, Value
from torchscript_lint.program.classes import is_module, lineage, method
from torchscript_lint.rules import BY_NAME
from torchscript_lint.trace import library
from torchscript_lint.trace.attributes import Attributes
from torchscript_lint.trace.loose import LOOSE, loose_tensor, needs_grad
from torchscript_lint.trace.parameters import WHOLE, annotated, parameters
from torchscript_lint.trace.records import held, holding
from torchscript_lint.trace.statements import Frame
from torchscript_lint.trace.values import (
    INPUT,
    MODE,
    RANDOM,
    STATE,
    UNKNOWN,
    Val,
    constant,
    data_in,
    element,
    generalise,
    py,
    seq,
    size,
    tensor,
    unsure,
)

if TYPE_CHECKING:
    from torchscript_lint.program import Module, Program
    from torchscript_lint.trace.state import Span, State

_MAX_WAYS = 8
_MAX_DEPTH = 16
_MAX_STEPS = 400_000
#: How often a function made inside of another may be running at a time.
_MAX_NESTED = 2
_COMPILED = ("torch.jit.script", "torch.jit.script_if_tracing", "torch.jit._script.script")


class Exhausted(Exception):
    """The budget of one file is spent."""


class Analysis:
    """What all runs of one file's targets share.

    Args:
        program: where names and files are looked up.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.attributes = Attributes(self)
        self.findings: dict[tuple[str, int, str], Finding] = {}
        self._known: dict[tuple[object, ...], Val] = {}
        self._ways: dict[Function, int] = {}
        self._externals: dict[str, Val] = {}
        self._globals: dict[tuple[str, str], Val] = {}
        self._closures: dict[int, tuple[ast.AST, State]] = {}
        self._running: Counter[ast.AST] = Counter()
        self.operations = 0  # calls of operators on the inputs' data,
        self.recorded = 0  # and arithmetic with it
        self._depth = 0
        self._steps = 0

    def tick(self) -> None:
        """One step of the budget. Raises Exhausted when there is none left."""
        self._steps += 1
        if self._steps > _MAX_STEPS:
            raise Exhausted

    def add(
        self,
        module: Module,
        rule: str,
        span: Span,
        detail: dict[str, str],
        *,
        sure: bool,
        target: str = "",
        chain: tuple[str, ...] = (),
    ) -> None:
        """Record a finding; of several for the same line and rule the most certain one stays."""
        severity = None if sure else "warning"
        where = module.source.region(span)
        found = make(BY_NAME[rule], module.path, where, detail, severity=severity, target=target, chain=chain)
        key = (module.path, span[0], found.code)
        known = self.findings.get(key)
        if known is None or _rank(found) < _rank(known):
            self.findings[key] = found

    # --- names -----------------------------------------------------------------------------------

    def external(self, name: str) -> Val:
        """A name outside of the program."""
        if name not in self._externals:
            self._externals[name] = Val("def", ref=External(name))
        return self._externals[name]

    def global_name(self, module: Module, name: str) -> Val:
        """What a module-level name or builtin is."""
        key = (module.path, name)
        if key not in self._globals:
            self._globals[key] = UNKNOWN
            self._globals[key] = self.wrap(self.program.lookup(module, name))
        return self._globals[key]

    def wrap(self, definition: Definition) -> Val:
        """What a definition is as a value."""
        if isinstance(definition, External):
            return self.external(definition.name)
        if isinstance(definition, (Function, Class, ModuleRef)):
            return Val("def", ref=definition)
        if isinstance(definition, Value):
            return self._value(definition)
        return UNKNOWN

    def _value(self, definition: Value) -> Val:
        node = definition.value
        if isinstance(node, ast.Constant) and node.value is not None:
            if len(definition.module.bindings.get(definition.name, ())) != 1:
                return py()  # one of several
            return constant(node.value) if node.value is not Ellipsis else py()
        if isinstance(node, (ast.Tuple, ast.List)) and all(isinstance(item, ast.Constant) for item in node.elts):
            return seq([constant(item.value) for item in node.elts if isinstance(item, ast.Constant)])
        if isinstance(node, ast.Call):
            name = definition.module.dotted(node)
            if name.startswith("torch.nn.") and name.rpartition(".")[2] in library.PARAMETRIC:
                return Val("object", const=LOOSE, ref=self.external(name).ref)
            if needs_grad(name, node):
                return loose_tensor()
            if name.startswith("torch.") and name.count(".") == 1 and name.rpartition(".")[2] in library.CONSTRUCTORS:
                return tensor({STATE})
        return UNKNOWN

    def imported(self, module: Module, node: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, Val]]:
        """What an import inside a function binds."""
        for alias in node.names:
            if isinstance(node, ast.Import):
                name = alias.name if alias.asname else alias.name.split(".")[0]
                found = None if name.split(".")[0] == "torch" else self.program.find(name, module)
                value = Val("def", ref=ModuleRef(found)) if found is not None else self.external(name)
                yield alias.asname or name, value
                continue
            source = node.module or ""
            if node.level:
                parts = module.name.split(".")
                keep = len(parts) - node.level + (1 if module.is_package else 0)
                source = ".".join([*parts[: max(keep, 0)], *([source] if source else [])])
            other = None if source.split(".")[0] == "torch" else self.program.find(source, module)
            if other is not None:
                yield (
                    alias.asname or alias.name,
                    self.wrap(self.program.attribute(ModuleRef(other), alias.name)),
                )
            else:
                yield (
                    alias.asname or alias.name,
                    UNKNOWN if node.level else self.external(f"{source}.{alias.name}"),
                )

    # --- objects ---------------------------------------------------------------------------------

    def method(self, cls: Class, name: str) -> Function | External | None:
        """The method of this name, by inheritance."""
        return method(cls, name)

    def in_module(self, state: State) -> bool:
        """Whether self is an ``nn.Module`` and the run began with a ``forward``."""
        me = state.me
        if me is None or not isinstance(me.ref, Class) or not state.chain[0].endswith(".forward"):
            return False
        return is_module(me.ref) is True

    def attribute(self, base: Val, name: str, state: State) -> Val:
        """What an attribute of an object is."""
        if base.kind == "super":
            return self._super(base, name)
        cls = base.ref
        if not isinstance(cls, Class):
            if isinstance(cls, External) and name in ("weight", "bias"):
                return tensor({STATE}, sure=False)
            return Val("unknown", base.origin, False)
        given = held(base, name)
        if given is not None:
            return given
        if name == "training" and is_module(cls) is not False:
            return py({MODE})
        found = method(cls, name)
        if isinstance(found, Function):
            if found.is_property or "functools.cached_property" in found.decorators:
                return self.call(found, [], {}, state, me=base)
            if found.is_static:
                return Val("def", ref=found)
            return Val("bound", const=name, ref=found, owner=base)
        return self.attributes.value(cls, name)

    def _super(self, base: Val, name: str) -> Val:
        if not isinstance(base.ref, Class) or base.owner is None:
            return UNKNOWN
        own = base.owner.ref if isinstance(base.owner.ref, Class) else base.ref
        order = lineage(own).classes
        after = order[order.index(base.ref) + 1 :] if base.ref in order else lineage(base.ref).classes[1:]
        for entry in after:
            if isinstance(entry, Class) and name in entry.functions:
                return Val("bound", const=name, ref=entry.functions[name], owner=base.owner)
            if isinstance(entry, External):
                break
        return Val("unknown", frozenset({STATE}), False)

    # --- calls -----------------------------------------------------------------------------------

    def call(
        self,
        function: Function,
        args: list[Val],
        keywords: dict[str, Val],
        state: State,
        *,
        me: Val | None = None,
    ) -> Val:
        """What a function of the program gives; its findings are recorded on the way."""
        if any(name in _COMPILED for name in function.decorators):
            # compiled, not traced: whatever it does is recorded as it is
            return tensor({origin for value in (*args, *keywords.values()) for origin in value.origin}, sure=False)
        if me is not None and function.is_static:
            me = None
        if me is None and function.is_classmethod:
            me = UNKNOWN
        ways = self._ways.get(function, 0)
        if ways >= _MAX_WAYS:
            args = [generalise(arg) for arg in args]
            keywords = {name: generalise(value) for name, value in keywords.items()}
        env = bind_arguments(function, args, keywords, me, self)
        key = (function, tuple(sorted(env.items(), key=lambda item: item[0])), state.certain)
        known = self._known.get(key)
        if known is not None:
            return known
        if ways >= 2 * _MAX_WAYS or self._depth >= _MAX_DEPTH:
            return UNKNOWN
        self._ways[function] = ways + 1
        self._known[key] = UNKNOWN
        chain = (*state.chain, function.qualname)
        frame = Frame(self, function, env, me=me, certain=state.certain, chain=chain)
        self._depth += 1
        try:
            result = frame.run()
        finally:
            self._depth -= 1
        result = self._annotated(function, result, env)
        self._known[key] = result
        return result

    def construct(self, cls: Class, init: Function, args: list[Val], keywords: dict[str, Val], state: State) -> Val:
        """An instance of a plain class of the program; what its ``__init__`` finds is recorded on the way."""
        plain = Val("object", ref=cls)
        if self._depth >= _MAX_DEPTH or self._ways.get(init, 0) >= 2 * _MAX_WAYS:
            return plain
        self._ways[init] = self._ways.get(init, 0) + 1
        env = bind_arguments(init, args, keywords, plain, self)
        frame = Frame(self, init, env, me=plain, certain=state.certain, chain=(*state.chain, init.qualname))
        self._depth += 1
        try:
            frame.run()
        finally:
            self._depth -= 1
        return holding(cls, {name[5:]: value for name, value in frame.env.items() if name.startswith("self.")})

    def _annotated(self, function: Function, result: Val, env: dict[str, Val]) -> Val:
        """What a call gives where only the annotation tells: ints made from a tensor are sizes."""
        node = function.node.returns
        if result.kind != "unknown" or node is None:
            return result
        held = [data_in(value) or value for value in env.values() if value.kind != "object"]
        origin = frozenset({origin for value in held for origin in value.origin}) & {INPUT, RANDOM}
        if not origin:
            return result
        return reorigin(annotated(function, node), origin)

    def enter(self, function: Function, me: Val | None) -> Val:
        """Run a function as an entry point."""
        env = parameters(function, me)
        frame = Frame(self, function, env, me=me, certain=True, chain=(function.qualname,))
        return frame.run()

    def closure(self, node: ast.Lambda | ast.FunctionDef | ast.AsyncFunctionDef, state: State) -> Val:
        """A function made inside of another."""
        self._closures[id(node)] = (node, state)
        return Val("closure", const=id(node))

    def call_closure(self, callee: Val, args: list[Val], keywords: dict[str, Val], state: State) -> Val:
        """What a function made inside of another gives."""
        node, outer = self._closures[callee.const]  # type: ignore[index]
        if self._running[node] >= _MAX_NESTED:
            return UNKNOWN  # it calls itself, perhaps several times: each level would double what is to be done
        if self._depth >= _MAX_DEPTH or not isinstance(node, (ast.Lambda, ast.FunctionDef, ast.AsyncFunctionDef)):
            return UNKNOWN
        env = dict(outer.env)
        env.update(bind_signature(node.args, args, keywords, None))
        frame = Frame(self, outer.function, env, me=outer.me, certain=state.certain, chain=outer.chain)
        frame.me_name = outer.me_name
        self._depth += 1
        self._running[node] += 1
        try:
            if isinstance(node, ast.Lambda):
                return frame.eval(node.body)
            frame.block(node.body)
            from torchscript_lint.trace.values import NONE, join_all

            if frame.yields:
                return seq(elem=join_all(frame.yields))
            return join_all(frame.returns) if frame.returns else NONE
        finally:
            self._depth -= 1
            self._running[node] -= 1


def bind_arguments(
    function: Function, args: list[Val], keywords: dict[str, Val], me: Val | None, analysis: Analysis
) -> dict[str, Val]:
    """What the parameters of a called function are."""
    env = bind_signature(function.node.args, args, keywords, me)
    for name, value in env.items():
        if value.kind == "default":
            node = value.ref
            if isinstance(node, ast.Constant):
                env[name] = constant(node.value) if node.value is not Ellipsis else py()
            elif isinstance(node, (ast.Name, ast.Attribute)):
                env[name] = analysis.wrap(analysis.program.definition(function.module, node))
            else:
                env[name] = UNKNOWN if not isinstance(node, (ast.Tuple, ast.List)) else py({STATE})
    return env


def bind_signature(
    signature: ast.arguments, args: list[Val], keywords: dict[str, Val], me: Val | None
) -> dict[str, Val]:
    """Match arguments with parameters as Python does; what cannot be matched is Unknown."""
    positional = [*signature.posonlyargs, *signature.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(signature.defaults)) + list(signature.defaults)
    given = ([me] if me is not None else []) + list(args)
    star = next((number for number, value in enumerate(given) if value.kind == "star"), None)
    spread = UNKNOWN
    if star is not None:
        spread = unsure(element(given[star].owner or UNKNOWN))
        given = given[:star]
    open_keywords = "**" in keywords
    env: dict[str, Val] = {}
    for number, (arg, default) in enumerate(zip(positional, defaults, strict=True)):
        if number < len(given):
            env[arg.arg] = given[number]
        else:
            env[arg.arg] = _by_keyword(arg.arg, default, keywords, spread if star is not None else None, open_keywords)
    for arg, default in zip(signature.kwonlyargs, signature.kw_defaults, strict=True):
        env[arg.arg] = _by_keyword(arg.arg, default, keywords, None, open_keywords)
    if signature.vararg is not None:
        rest = given[len(positional) :]
        env[signature.vararg.arg] = seq(rest) if star is None else seq(elem=spread)
    if signature.kwarg is not None:
        rest = [value for name, value in keywords.items() if name not in env and name != "**"]
        env[signature.kwarg.arg] = Val("dict", elem=generalise(rest[0]) if len(rest) == 1 else UNKNOWN)
    return env


def _by_keyword(
    name: str, default: ast.expr | None, keywords: dict[str, Val], spread: Val | None, open_keywords: bool
) -> Val:
    if name in keywords:
        return keywords[name]
    if spread is not None or open_keywords:
        return spread if spread is not None else UNKNOWN
    if default is None:
        return UNKNOWN
    return Val("default", ref=default)


def reorigin(value: Val, origin: frozenset[str]) -> Val:
    """A value made from an annotation, with another origin; whole numbers are perhaps sizes."""
    if value.kind == "tensor":
        return tensor(origin, sure=value.sure)
    if value is WHOLE:
        return size(origin, sure=False)
    if value.kind == "seq":
        items = None if value.items is None else tuple(reorigin(item, origin) for item in value.items)
        return seq(items, None if value.elem is None else reorigin(value.elem, origin))
    return UNKNOWN


def _rank(finding: Finding) -> tuple[bool, int, int]:
    return finding.severity != "error", len(finding.chain), finding.column
