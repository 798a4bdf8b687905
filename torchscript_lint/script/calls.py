"""Calls (``emitApplyExpr`` of ``ir_emitter.cpp`` and ``call`` of the sugared values)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from torchscript_lint import library
from torchscript_lint.library import Arg, Schema
from torchscript_lint.program import Function, Uncertain
from torchscript_lint.script import attributes, conditions, expressions, iteration, modules, opaque, special
from torchscript_lint.script.matching import Keywords, Match, Mismatch, match
from torchscript_lint.script.values import (
    NO,
    SOME,
    UNKNOWN_VALUE,
    Builtin,
    Cast,
    ClassObject,
    ExceptionObject,
    Functions,
    Library,
    ModuleDictMethod,
    ModuleObject,
    NamedTupleObject,
    Opaque,
    PythonModule,
    PythonObject,
    Simple,
    Special,
    Sugared,
    TensorCast,
)
from torchscript_lint.source import tree
from torchscript_lint.types.model import (
    INT,
    TENSOR,
    UNKNOWN,
    ClassType,
    TupleType,
    Type,
    is_tensor,
)

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker


# --- arguments -----------------------------------------------------------------------------------


def positional(ck: Checker, nodes: Sequence[tree.Expr]) -> list[Simple] | None:
    """Positional arguments, starred ones spread; None where their number isn't known (``getNamedValues``)."""
    values: list[Simple] = []
    known = True
    for node in nodes:
        if isinstance(node, tree.Starred):
            parts = iteration.as_tuple(ck, expressions.emit(ck, node.value), node)
            if parts is None:
                known = False
            else:
                values += [expressions.as_value(ck, part, node) for part in parts]
        else:
            values.append(expressions.value(ck, node))
    return values if known else None


def keywords_of(ck: Checker, node: tree.Apply) -> list[tuple[str, Simple]]:
    """Keyword arguments."""
    return [(keyword.name, expressions.value(ck, keyword.value)) for keyword in node.keywords]


# --- operators -----------------------------------------------------------------------------------


@lru_cache(maxsize=65536)
def _match_operator(
    op: str, args: tuple[tuple[Type, bool], ...], keywords: tuple[tuple[str, Type, bool], ...],
    receiver: tuple[Type, bool] | None,
) -> Match | Mismatch:  # fmt: skip
    """Operators depend on nothing but the arguments' types, and the same calls recur all the time."""
    return match(
        library.schemas(op),
        [Simple(type_, NO, empty) for type_, empty in args],
        [(name, Simple(type_, NO, empty)) for name, type_, empty in keywords],
        None if receiver is None else Simple(receiver[0], NO, receiver[1]),
    )


def match_operator(op: str, args: Sequence[Simple], keywords: Keywords, receiver: Simple | None) -> Match | Mismatch:
    """Match a call of an operator that has schemas."""
    return _match_operator(
        op,
        tuple((arg.type, arg.empty) for arg in args),
        tuple((name, value.type, value.empty) for name, value in keywords),
        None if receiver is None else (receiver.type, receiver.empty),
    )


def fits(op: str, args: Sequence[Simple]) -> bool:
    """Whether an operator takes these arguments."""
    return isinstance(match_operator(op, args, (), None), Match)


def builtin(
    ck: Checker,
    op: str,
    args: Sequence[Simple],
    keywords: Keywords,
    node: tree.Node,
    receiver: Simple | None = None,
) -> Simple:
    """A call of an operator (``emitBuiltinCall``)."""
    schemas = library.schemas(op)
    if not schemas:
        # Operators of CUDA are there in builds for CUDA.
        with ck.maybe_pruned(op.startswith("cuda::")):
            return ck.report("unknown-operator", node, op=op)
    found = match_operator(op, args, keywords, receiver)
    if isinstance(found, Match):
        return Simple(found.returns)
    return mismatch(ck, op.partition("::")[2], schemas, found, node)


def mismatch(ck: Checker, name: str, schemas: Sequence[Schema], found: Mismatch, node: tree.Node) -> Simple:
    """Report a call that fits no schema: the overload that came nearest, and what did not fit."""
    reason = found.reasons[found.nearest]
    detail = {"function": name, "schema": schemas[found.nearest].text, "reason": reason}
    if len(schemas) > 1:
        ck.report("no-overload", node, **detail)
    else:
        ck.report(_single_rule(reason), node, **detail)
    return UNKNOWN_VALUE


def _single_rule(reason: str) -> str:
    if reason.startswith("Keyword argument"):
        return "unknown-keyword"
    if "not provided" in reason:
        return "missing-argument"
    if reason.startswith("Expected at most"):
        return "too-many-arguments"
    return "argument-type"


# --- calls ---------------------------------------------------------------------------------------


def emit(ck: Checker, node: tree.Apply, hint: Type | None) -> Sugared:
    """``func(args)``."""
    binders = ck.binders
    callee = expressions.emit(ck, node.func)
    if isinstance(callee, Special):
        return special.emit(ck, callee, node, hint)
    args = positional(ck, node.args)
    keywords = keywords_of(ck, node)
    if args is None:
        return UNKNOWN_VALUE
    ck.binders = binders
    if any(isinstance(part, tree.Hole) for part in (*node.args, *(keyword.value for keyword in node.keywords))):
        return UNKNOWN_VALUE  # what the front end refused in it is all there is to say
    return call(ck, callee, args, keywords, node)


def call(ck: Checker, callee: Sugared, args: list[Simple], keywords: Keywords, node: tree.Node) -> Sugared:
    """Call a value of any kind."""
    if isinstance(callee, Simple):
        return _call_value(ck, callee, args, keywords, node)
    if isinstance(callee, Builtin):
        return _call_builtin(ck, callee, args, keywords, node)
    if isinstance(callee, Functions):
        return call_function(ck, callee.functions[0], callee.receiver, args, keywords, node)
    if isinstance(callee, Cast):
        return _cast(ck, callee, args, keywords, node)
    if isinstance(callee, TensorCast):
        if args or keywords:
            ck.report("tensor-cast-arguments", node, method=callee.name)
        return Simple(TENSOR)
    if isinstance(callee, ModuleObject):
        return modules.call(ck, callee, args, keywords, node)
    if isinstance(callee, Library):
        return _call_library(ck, callee, args, keywords, node)
    if isinstance(callee, ClassObject):
        return _construct(ck, callee, args, keywords, node)
    if isinstance(callee, NamedTupleObject):
        return _construct_tuple(ck, callee, args, keywords, node)
    if isinstance(callee, ExceptionObject) and not callee.instance:
        return ExceptionObject(callee.name, instance=True)
    if isinstance(callee, ModuleDictMethod):
        if args or keywords:
            ck.report("module-dict-arguments", node, method=callee.name)
        return callee.value
    if isinstance(callee, Opaque):
        return call_opaque(ck, callee.function, callee.receiver, args, keywords, node)
    if isinstance(callee, PythonObject):
        if callee.class_name:
            return ck.report("instantiate-class", node, name=callee.class_name)
        return UNKNOWN_VALUE
    if isinstance(callee, PythonModule):
        return ck.report("call-non-callable", node, kind=callee.kind)
    return ck.report("call-non-callable", node, kind=callee.kind)


def _call_value(ck: Checker, callee: Simple, args: list[Simple], keywords: Keywords, node: tree.Node) -> Sugared:
    type_ = callee.type
    if type_.unknown:
        return UNKNOWN_VALUE
    if isinstance(type_, ClassType) and type_.kind == "module":
        return ck.report("module-as-value", node, type=str(type_))
    if isinstance(type_, ClassType):
        method = attributes.class_method(ck, type_, "__call__")
        if isinstance(method, Uncertain):
            return UNKNOWN_VALUE
        if method is None:
            return ck.report("missing-attribute", node, type=str(type_), name="__call__", hint=attributes.INIT_HINT)
        return call_function(ck, method, callee, args, keywords, node)
    return ck.report("call-non-callable", node, kind=callee.kind)


def _call_builtin(ck: Checker, callee: Builtin, args: list[Simple], keywords: Keywords, node: tree.Node) -> Sugared:
    op = callee.op
    if callee.receiver is None and args and isinstance(args[0].type, ClassType) and op in _MAGIC:
        method = attributes.class_method(ck, args[0].type, _MAGIC[op])
        if isinstance(method, Uncertain):
            return Simple(INT) if op == "aten::len" and modules.is_container_type(args[0].type) else UNKNOWN_VALUE
        if method is None:
            return ck.report(
                "missing-attribute", node, type=str(args[0].type), name=_MAGIC[op], hint=attributes.INIT_HINT
            )
        return call_function(ck, method, args[0], args[1:], keywords, node)
    return builtin(ck, op, args, keywords, node, callee.receiver)


_MAGIC = {
    "aten::len": "__len__", "aten::hex": "__hex__", "aten::oct": "__oct__", "aten::round": "__round__",
}  # fmt: skip


def _cast(ck: Checker, callee: Cast, args: list[Simple], keywords: Keywords, node: tree.Node) -> Sugared:
    """``int(x)`` and its kin (``CastValue::call``): the value itself where it has the type already."""
    if len(args) == 1 and not keywords:
        value = args[0]
        if value.type is callee.type:
            return value
        if callee.name == "bool" and conditions.has_length(value.type):
            return Simple(callee.type)
        if value.type is UNKNOWN:
            return Simple(callee.type)
        if isinstance(value.type, ClassType):
            method = attributes.class_method(ck, value.type, f"__{callee.name}__")
            if isinstance(method, Uncertain):
                return Simple(callee.type)
            if method is None:
                return ck.report(
                    "missing-attribute", node, type=str(value.type), name=f"__{callee.name}__",
                    hint=attributes.INIT_HINT,
                )  # fmt: skip
            return call_function(ck, method, value, [], [], node)
    return builtin(ck, callee.op, args, keywords, node)


# --- functions of the program --------------------------------------------------------------------


def call_function(
    ck: Checker,
    function: Function,
    receiver: Sugared | None,
    args: Sequence[Simple],
    keywords: Keywords,
    node: tree.Node,
) -> Simple:
    """Call a function or method of the program: compile it, then match its signature."""
    if function.modifier in ("ignore", "unused", "drop"):
        return call_opaque(ck, function, receiver, args, keywords, node)
    compiled = ck.session.compile(function, receiver, ck.chain)
    if compiled.done and compiled.failed and ck.session.is_outside(function.module):
        words = ck.session.words(function.module)
        return ck.report("library-function", ck.ahead.get(node, node), function=function.name, message=words)
    if not compiled.done:
        kind = "method" if receiver is not None else "function"
        if isinstance(receiver, ModuleObject) and receiver.attribute is not None:
            return UNKNOWN_VALUE
        return ck.report("recursive-call", node, kind=kind, function=function.name)
    schema = compiled.schema
    if schema is None or schema.vararg:
        return Simple(schema.returns[0]) if schema is not None and not compiled.failed else UNKNOWN_VALUE
    found = match((schema,), args, keywords)
    if isinstance(found, Mismatch):
        if not compiled.failed:
            mismatch(ck, function.name, (schema,), found, node)
        return UNKNOWN_VALUE if function.node.returns is None else Simple(schema.returns[0])
    return Simple(found.returns)


def call_opaque(
    ck: Checker,
    function: Function,
    receiver: Sugared | None,
    args: Sequence[Simple],
    keywords: Keywords,
    node: tree.Node,
) -> Simple:
    """Call a function that stays in Python: its annotations are read, its body is not compiled."""
    if function.modifier == "ignore":
        at = node.func if isinstance(node, tree.Apply) else node
        ck.remark("ignored-call-unsavable", at, function=function.name)
    before = ck.failures
    returns = opaque.result(ck, function, receiver is not None, node)
    fine = ck.failures == before and (receiver is None or isinstance(receiver, ModuleObject))
    schema = opaque.signature(ck, function, receiver is not None, returns) if fine else None
    found = match((schema,), args, keywords) if schema is not None else None
    if schema is not None and isinstance(found, Mismatch):
        mismatch(ck, function.name, (schema,), found, node)
    return Simple(returns)


def _construct(ck: Checker, callee: ClassObject, args: list[Simple], keywords: Keywords, node: tree.Node) -> Simple:
    """Make an object of a TorchScript class (``ClassValue::call``)."""
    init = callee.cls.functions.get("__init__")
    info = ck.session.class_info(callee.cls, ck.chain)
    if init is None:
        if info.complete:
            return ck.report("class-without-init", node, name=callee.cls.name)
        return Simple(callee.type)
    call_function(ck, init, Simple(callee.type), args, keywords, node)
    return Simple(callee.type)


def _construct_tuple(
    ck: Checker, callee: NamedTupleObject, args: list[Simple], keywords: Keywords, node: tree.Node
) -> Simple:
    type_ = callee.type
    fields = tuple(
        Arg(name, part, name in type_.defaults) for name, part in zip(type_.fields, type_.parts, strict=True)
    )
    inner = ", ".join(f"{arg.type} {arg.name}" for arg in fields)
    schema = Schema(type_.name, "", fields, (type_,), f"{type_.name}({inner})")
    found = match((schema,), args, keywords)
    if isinstance(found, Mismatch):
        mismatch(ck, type_.name.rpartition(".")[2], (schema,), found, node)
    return Simple(type_)


# --- functions of torch --------------------------------------------------------------------------


def _call_library(ck: Checker, callee: Library, args: list[Simple], keywords: Keywords, node: tree.Node) -> Sugared:
    entry = callee.entry
    name = callee.name
    if entry.kind == "function":
        return call_signatures(ck, name.rpartition(".")[2], entry.signatures, args, keywords, node)
    if entry.kind == "dispatch":
        return _dispatch(ck, callee, args, keywords, node)
    if entry.kind == "broken":
        return ck.report("library-function", ck.ahead.get(node, node), function=name, message=entry.reason)
    if entry.kind == "none":
        return ck.report("unsupported-function", node, function=name, message=entry.reason)
    if entry.kind == "numpy":
        return UNKNOWN_VALUE if _may_be_called(name, args, keywords) else ck.report("numpy-call", node, function=name)
    if entry.kind == "class":
        if entry.message:
            return ck.report("unsupported-function", node, function=name, message=entry.reason)
        return _call_python(ck, callee, args, keywords, node) if entry.is_left else UNKNOWN_VALUE
    if entry.kind == "python":
        return _call_python(ck, callee, args, keywords, node)
    return UNKNOWN_VALUE


def _may_be_called(name: str, args: Sequence[Simple], keywords: Keywords) -> bool:
    """Whether a call of something in numpy may compile, for all that is known of it.

    The functions of ``numpy.random`` are methods that stay in Python: they take Tensors, ``self`` the first of them.
    """
    if name.rpartition(".")[2] in ("pi", "e", "inf", "nan", "newaxis", "euler_gamma"):
        return True
    given = [*args, *(value for _, value in keywords)]
    return name.startswith("numpy.random.") and bool(given) and all(arg.unknown or is_tensor(arg.type) for arg in given)


def call_signatures(
    ck: Checker, name: str, signatures: Sequence[Schema], args: Sequence[Simple], keywords: Keywords, node: tree.Node
) -> Simple:
    """Call a function of torch that is compiled from its source: its signatures are known."""
    if not signatures:
        return UNKNOWN_VALUE
    found = match(signatures, args, keywords)
    if isinstance(found, Match):
        return Simple(found.returns)
    return mismatch(ck, name, signatures, found, node)


def _dispatch(ck: Checker, callee: Library, args: list[Simple], keywords: Keywords, node: tree.Node) -> Sugared:
    """``BooleanDispatchValue::call``."""
    entry = callee.entry
    if entry.argument is None:
        return UNKNOWN_VALUE
    name, position, default = entry.argument
    flag: object = default
    given = args[position] if position < len(args) else next((v for k, v in keywords if k == name), None)
    if given is not None:
        if given.const is SOME:
            return UNKNOWN_VALUE
        if given.const is NO:
            if given.unknown:
                return UNKNOWN_VALUE
            return ck.report("dispatch-not-constant", node, function=callee.name, argument=name)
        flag = given.const
    branch = entry.branches[0 if flag else 1]
    return _call_library(ck, Library(callee.name, branch), args, keywords, node)


def _call_python(ck: Checker, callee: Library, args: list[Simple], keywords: Keywords, node: tree.Node) -> Sugared:
    """A function left to Python: it takes Tensors and gives one (``PythonValue::call``)."""
    if callee.entry.signatures:
        found = match(callee.entry.signatures, args, keywords)
        if isinstance(found, Mismatch):
            return mismatch(ck, callee.name, callee.entry.signatures, found, node)
        return _as_asked(ck) if callee.entry.signatures[0].vararg else Simple(found.returns)
    for index, arg in enumerate(args):
        if arg.type is not TENSOR and not arg.type.unknown and str(arg.type) != "Tensor (inferred)":
            return ck.report(
                "python-function-argument", node, function=callee.name, index=str(index), type=str(arg.type)
            )
    if keywords and callee.entry.kind == "class":
        schema = _python_schema(callee.name.rpartition(".")[2], len(args))
        found = match((schema,), args, keywords)
        if isinstance(found, Mismatch):
            return mismatch(ck, callee.name, (schema,), found, node)
    return _as_asked(ck) if callee.entry.kind == "class" else UNKNOWN_VALUE


def _as_asked(ck: Checker) -> Simple:
    """As many Tensors as the statement takes apart."""
    return Simple(TENSOR if ck.binders == 1 else TupleType.of((TENSOR,) * ck.binders)) if ck.binders else UNKNOWN_VALUE


def _python_schema(name: str, count: int) -> Schema:
    """What says nothing of its parameters takes as many Tensors as are given (``PythonValue::getSchema``)."""
    args = tuple(Arg(str(index), TENSOR) for index in range(count))
    inner = ", ".join(f"Tensor {arg.name}" for arg in args)
    return Schema(name, "", args, (TENSOR,), f"{name}({inner}) -> Tensor")
