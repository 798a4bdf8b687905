"""Calls in ``__init__``: methods of ``self`` and of containers, constructors, functions of the program."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import field
from typing import TypeAlias

from torchscript_lint.plain import dataclass, replace
from torchscript_lint.program.classes import is_module
from torchscript_lint.program.definitions import Class, External, Function
from torchscript_lint.program.instances.annotations import parameter_value
from torchscript_lint.program.instances.containers import (
    container_method,
    dict_method,
    list_method,
    text_method,
)
from torchscript_lint.program.instances.expressions import evaluate
from torchscript_lint.program.instances.hooks import REGISTERS, register
from torchscript_lint.program.instances.iterate import iterate
from torchscript_lint.program.instances.lookup import attribute_of, is_enum
from torchscript_lint.program.instances.outside import apply_external, tensor_method
from torchscript_lint.program.instances.recall import recalled
from torchscript_lint.program.instances.run import HARMLESS, Run
from torchscript_lint.program.instances.selfcalls import external_init, module_method
from torchscript_lint.program.instances.values import (
    UNKNOWN_VALUE,
    Alternatives,
    Bound,
    Callee,
    Const,
    EnumMember,
    Local,
    Map,
    ModuleValue,
    Object,
    Own,
    Partial,
    Scalar,
    Self,
    Seq,
    Super,
    Unknown,
    Value,
    elements,
    is_none,
    join,
    join_all,
    parts_of,
    weak,
)
from torchscript_lint.program.instances.words import words
from torchscript_lint.program.module import Module

FunctionNode: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


@dataclass(frozen=True)
class Args:
    """The arguments of a call.

    Attributes:
        values: positional ones.
        keywords: by name.
        rest: what further positional arguments are (``*x`` of unknown length), or None.
        open: whether there may be further keywords (``**x``).
    """

    values: tuple[Value, ...] = ()
    keywords: Mapping[str, Value] = field(default_factory=dict)
    rest: Value | None = None
    open: bool = False

    def get(self, index: int, name: str) -> Value | None:
        """The argument at this position or of this name; None if it isn't given."""
        if 0 <= index < len(self.values):
            return self.values[index]
        found = self.keywords.get(name)
        return found if found is not None else (UNKNOWN_VALUE if self.rest is not None or self.open else None)

    def all(self) -> list[Value]:
        """Every argument."""
        return [*self.values, *self.keywords.values(), *([self.rest] if self.rest is not None else [])]


def arguments(run: Run, node: ast.Call) -> Args:
    """The arguments of a call, evaluated."""
    values: list[Value] = []
    rest: Value | None = None
    for arg in node.args:
        if isinstance(arg, ast.Starred):
            found = iterate(run, evaluate(run, arg.value))
            if found.items is not None and rest is None:
                values.extend(found.items if found.certain else map(weak, found.items))
            else:
                rest = elements(found) if rest is None else join(rest, elements(found))
        elif rest is not None:
            rest = join(rest, evaluate(run, arg))
        else:
            values.append(evaluate(run, arg))
    keywords: dict[str, Value] = {}
    is_open = False
    for keyword in node.keywords:
        value = evaluate(run, keyword.value)
        if keyword.arg is not None:
            keywords[keyword.arg] = value
        elif isinstance(value, Map) and value.items is not None:
            for key, item in value.items:
                keywords[str(key.value)] = item if value.certain else weak(item)
        else:
            is_open = True
    return Args(tuple(values), keywords, rest, is_open)


def call(run: Run, node: ast.Call) -> Value:
    """The value of a call, with its effects."""
    func = node.func
    if isinstance(func, ast.Name) and func.id == "super" and func.id not in run.state.scopes[run.frame.scope]:
        return _super(run, node)
    if isinstance(func, ast.Attribute):
        base = _rooted(run, func.value, evaluate(run, func.value))
        args = arguments(run, node)
        base = _latest(run, func.value, base)
        return method(run, base, func.attr, args, node)
    callee = evaluate(run, func)
    return apply(run, callee, arguments(run, node), node)


def _super(run: Run, node: ast.Call) -> Value:
    owner = run.frame.owner
    if node.args:
        first = evaluate(run, node.args[0])
        named = first.definition if isinstance(first, Callee) else None
        owner = named if isinstance(named, Class) else owner
    return Super(owner) if owner is not None else UNKNOWN_VALUE


def _rooted(run: Run, node: ast.expr, value: Value) -> Value:
    """A list that came from elsewhere gets an identity when it is first changed by name."""
    if isinstance(value, (Seq, Map)) and not value.idents and isinstance(node, ast.Name):
        scope = run.state.scopes[run.frame.scope]
        if node.id in scope and not (isinstance(value, Seq) and value.kind != "list"):
            value = replace(value, idents=run.fresh())
            scope[node.id] = value
    return value


def _latest(run: Run, node: ast.expr, value: Value) -> Value:
    """What can be changed in place, after the arguments were evaluated."""
    if value.idents and isinstance(node, ast.Name):
        return run.state.scopes[run.frame.scope].get(node.id, value)
    return value


def method(run: Run, base: Value, name: str, args: Args, node: ast.Call) -> Value:
    """``base.name(...)``."""
    if isinstance(base, Alternatives):
        parts = [part for part in parts_of(base) if is_none(part) is not True]
        if any(isinstance(part, Self) for part in parts):
            run.loose()
        return join_all([method(run, part, name, args, node) for part in parts])
    if isinstance(base, Self):
        return self_call(run, run.mangle(name), args, node)
    if isinstance(base, Own):
        if name not in ("get", "keys", "values", "items", "copy", "__contains__"):
            run.loose()
        return UNKNOWN_VALUE
    if isinstance(base, Super):
        return _super_call(run, base, name, args, node)
    if isinstance(base, Callee) and name in ("__init__", "__setattr__") and args.values:
        return _class_call(run, base, name, args, node)
    if isinstance(base, Seq) and base.kind in ("list", "tuple"):
        return list_method(run, base, name, args)
    if isinstance(base, Map):
        return dict_method(run, base, name, args)
    if isinstance(base, ModuleValue) and name in REGISTERS:
        return register(run, base, name, args, node)
    if isinstance(base, ModuleValue):
        return container_method(run, base, name, args)
    if (isinstance(base, Const) and isinstance(base.value, str)) or (isinstance(base, Scalar) and base.tag == "str"):
        return text_method(base, name, args)
    if isinstance(base, Scalar) and base.tag in ("tensor", "parameter", "buffer"):
        return tensor_method(base, name, args)
    return apply(run, attribute_of(run, base, name), args, node)


# --- self, super, classes -------------------------------------------------------------------------


def self_call(run: Run, name: str, args: Args, node: ast.Call, after: Class | None = None) -> Value:
    """``self.name(...)`` (or ``super().name(...)``)."""
    slot = run.slot(name) if after is None else None
    if slot is not None:
        return apply(run, slot.value, args, node)
    function = run.class_function(name, after)
    if function is None and after is None and run.class_assign(name) is not None:
        return apply(run, attribute_of(run, Self(), name), args, node)
    if isinstance(function, Function):
        if function.is_property:
            return apply(run, attribute_of(run, Self(), name), args, node)
        if not function.is_static:
            first: Value = Callee(run.own_class()) if function.is_classmethod else Self()
            args = replace(args, values=(first, *args.values))
        return call_definition(run, function, args)
    if isinstance(function, External):
        return module_method(run, function.name, args, node)
    if after is None and not run.complete:
        run.loose_if_self(iter(args.all()))
    return UNKNOWN_VALUE


def _super_call(run: Run, base: Super, name: str, args: Args, node: ast.Call) -> Value:
    if name == "__init__":
        init(run, base.after, args, node)
        return Const(None)
    if name == "__setattr__" and len(args.values) == 2:
        _set_by_name(run, args.values[0], args.values[1], node)
        return Const(None)
    return self_call(run, name, args, node, base.after)


def _class_call(run: Run, base: Callee, name: str, args: Args, node: ast.Call) -> Value:
    """``Base.__init__(self, ...)`` and ``object.__setattr__(self, name, value)``."""
    if not isinstance(args.values[0], Self):
        return apply(run, attribute_of(run, base, name), args, node)
    rest = replace(args, values=args.values[1:])
    if name == "__setattr__":
        if len(rest.values) == 2:
            _set_by_name(run, rest.values[0], rest.values[1], node)
        return Const(None)
    found = base.definition
    run.particular()
    if isinstance(found, Class) and found in run.line:
        function = found.functions.get("__init__")
        if function is not None:
            call_definition(run, function, args)
        else:
            init(run, found, rest, node)
    elif isinstance(found, External):
        external_init(run, found.name, rest, node)
    else:
        run.loose()
    return Const(None)


def _set_by_name(run: Run, name: Value, value: Value, node: ast.AST) -> None:
    if isinstance(name, Const) and isinstance(name.value, str) and name.certain:
        run.set_attribute(name.value, value, node)
    else:
        run.loose()


def init(run: Run, after: Class | None, args: Args, node: ast.AST | None) -> None:
    """Run the next ``__init__`` in the line of classes."""
    run.particular()
    for entry in run.rest(after):
        if isinstance(entry, Class):
            function = entry.functions.get("__init__")
            if function is not None:
                call_definition(run, function, replace(args, values=(Self(), *args.values)))
                return
            if any(name.split(".")[-1] in ("dataclass", "define", "attrs", "s") for name in entry.decorators):
                run.loose()
        elif entry.name not in HARMLESS:
            external_init(run, entry.name, args, node)
            return


# --- functions ------------------------------------------------------------------------------------

#: Decorators after which a call still runs the function's own body.
_TRANSPARENT = words(
    """
    staticmethod classmethod property torch.no_grad torch.inference_mode functools.lru_cache functools.cache
    torch.jit.export torch.jit.ignore torch.jit.unused torch.jit.script torch.jit._script_if_tracing
    torch.jit.script_if_tracing typing.no_type_check abc.abstractmethod torch.enable_grad torch.fx.wrap
    functools.wraps
    """
)  # fmt: skip


def call_definition(run: Run, function: Function, args: Args) -> Value:
    """Call a function of the program (``self`` is the first argument already)."""
    return recalled(run, function, args, args.all(), lambda: _call_definition(run, function, args))


def _call_definition(run: Run, function: Function, args: Args) -> Value:
    names = set(function.decorators)
    node = function.node
    bound = bind(run, node, function.module, args, function.owner)
    result = run.call_function(node, function.module, function.owner, bound)
    return result if names <= _TRANSPARENT else UNKNOWN_VALUE


def bind(
    run: Run, node: FunctionNode, module: Module, args: Args, owner: Class | None = None
) -> list[tuple[str, Value]]:
    """The parameters of a function with what a call gives them."""
    spec = node.args
    positional = [*spec.posonlyargs, *spec.args]
    defaults: dict[str, ast.expr] = {}
    for parameter, value in zip(positional[len(positional) - len(spec.defaults) :], spec.defaults, strict=True):
        defaults[parameter.arg] = value
    for parameter, default in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        if default is not None:
            defaults[parameter.arg] = default
    bound: list[tuple[str, Value]] = []
    used: set[str] = set()
    for index, parameter in enumerate([*positional, *spec.kwonlyargs]):
        name = parameter.arg
        given: Value | None = None
        if index < len(positional) and index < len(args.values):
            given = args.values[index]
        elif name in args.keywords:
            given = args.keywords[name]
            used.add(name)
        default_value = run.isolated(module, defaults[name], owner) if name in defaults else None
        guess = parameter_value(module, parameter.annotation, default_value)
        if given is None:
            is_open = args.open or (args.rest is not None and index < len(positional))
            given = guess if default_value is None or is_open else default_value
        elif isinstance(given, Unknown):
            given = guess
        bound.append((name, given))
    if spec.vararg is not None:
        more = args.values[len(positional) :]
        if args.rest is None:
            bound.append((spec.vararg.arg, Seq("tuple", tuple(more), nonempty=bool(more))))
        else:
            bound.append((spec.vararg.arg, Seq("tuple", None, join_all([*more, args.rest]), bool(more))))
    if spec.kwarg is not None:
        extra = {name: value for name, value in args.keywords.items() if name not in used}
        if args.open:
            bound.append((spec.kwarg.arg, Map(None, UNKNOWN_VALUE, UNKNOWN_VALUE, idents=run.fresh())))
        else:
            pairs = tuple((Const(name), value) for name, value in extra.items())
            bound.append((spec.kwarg.arg, Map(pairs, nonempty=bool(pairs), idents=run.fresh())))
    return bound


def entry_arguments() -> Args:
    """The arguments of a constructor call nothing is known of."""
    return Args((), {}, UNKNOWN_VALUE, True)


def apply(run: Run, callee: Value, args: Args, node: ast.Call) -> Value:
    """Call a value."""
    if isinstance(callee, Alternatives):
        parts = [part for part in parts_of(callee) if is_none(part) is not True]
        return join_all([apply(run, part, args, node) for part in parts])
    result = _apply(run, callee, args, node)
    return result if callee.certain else weak(result)


def _apply(run: Run, callee: Value, args: Args, node: ast.Call) -> Value:
    if isinstance(callee, Bound):
        return self_call(run, callee.name, args, node)
    if isinstance(callee, Callee):
        found = callee.definition
        if isinstance(found, Function):
            if found.is_classmethod and found.owner is not None:
                args = replace(args, values=(Callee(found.owner), *args.values))
            return call_definition(run, found, args)
        if isinstance(found, Class):
            return construct(run, found, args, node)
        if isinstance(found, External):
            return apply_external(run, found.name, args, node)
        if callee.makes_module:
            run.loose_if_self(iter(args.all()))
            return ModuleValue(node=node)
    elif isinstance(callee, Local):
        scope = _live_scope(run, callee)
        if scope is not None:
            bound = bind(run, callee.node, callee.module, args)
            return run.call_function(callee.node, callee.module, callee.owner, bound, scope)
    elif isinstance(callee, Partial):
        keywords = {**dict(callee.keywords), **args.keywords}
        return apply(run, callee.func, replace(args, values=(*callee.args, *args.values), keywords=keywords), node)
    elif isinstance(callee, ModuleValue):
        return UNKNOWN_VALUE  # running a module does not set attributes of another
    run.loose_if_self(iter(args.all()))
    return UNKNOWN_VALUE


def _live_scope(run: Run, callee: Local) -> int | None:
    """The scope a local function closes over, if it is still there."""
    run.particular()
    for frame in run.frames:
        if frame.scope == callee.scope and frame.node is callee.maker:
            return callee.scope
    return None


def construct(run: Run, cls: Class, args: Args, node: ast.Call) -> Value:
    """Make an object of a class of the program."""
    module = is_module(cls)
    for value in args.all():
        if isinstance(value, (Self, Bound)):
            run.loose()
    if module:
        return ModuleValue(cls, node=node)
    if is_enum(cls):
        return EnumMember(cls)
    if any(isinstance(base, External) and base.name == "typing.NamedTuple" for base in cls.bases):
        return _named_tuple(run, cls, args)
    if module is None:
        return UNKNOWN_VALUE
    return Object(cls)


def _named_tuple(run: Run, cls: Class, args: Args) -> Value:
    if args.rest is not None or args.open:
        return UNKNOWN_VALUE
    items: list[Value] = []
    for index, (name, (annotation, default)) in enumerate(cls.assigns.items()):
        if annotation is None:
            continue
        if index < len(args.values):
            items.append(args.values[index])
        elif name in args.keywords:
            items.append(args.keywords[name])
        elif default is not None:
            items.append(run.isolated(cls.module, default, cls))
        else:
            return UNKNOWN_VALUE
    return Seq("tuple", tuple(items), nonempty=bool(items))
