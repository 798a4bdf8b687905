"""What a decorated function is to the compiler: whose source is compiled, and where its names are looked up.

The source is found through ``__wrapped__`` (``inspect.getsourcelines`` unwraps), so a wrapper made with
``functools.wraps`` is compiled from the source of what it wraps. Its names are looked up in the *wrapper's*
globals and closure (``createResolutionCallbackFromClosure`` of ``torch/_jit_internal.py``): a function that uses
``torch`` fails under ``@torch.no_grad()`` with ``undefined value torch``. A wrapper without ``functools.wraps``
is compiled itself. Functions under ``lru_cache`` have no source at all.
"""

from __future__ import annotations

import ast
import builtins
import typing

from torchscript_lint.plain import dataclass
from torchscript_lint.program import Definition, External, Function, Module
from torchscript_lint.program.definitions import UNCERTAIN, UNDEFINED
from torchscript_lint.program.once import once
from torchscript_lint.source.walk import own, walk


@dataclass(frozen=True)
class Wrapping:
    """What decorators make of a function.

    Attributes:
        kind: ``same`` (the function itself), ``wrapped`` (its source, another's names), ``opaque`` (what is
            compiled isn't known), ``sourceless`` (never compiled).
        module: of ``wrapped``, the file of the program whose globals hold.
        closure: names that the wrapper's closure may hold.
        known: of a decorator outside the program, names of its module that stand for themselves.
        others: the other names there; None if not all are known.
    """

    kind: str
    module: Module | None = None
    closure: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    others: frozenset[str] | None = None


#: The function itself.
SAME = Wrapping("same")
_OPAQUE = Wrapping("opaque")
_SOURCELESS = Wrapping("sourceless")

#: Decorators that give back the function, or a descriptor that the compiler looks through.
_TRANSPARENT = frozenset(
    {
        "torch.jit.export", "torch._jit_internal.export", "torch.jit.script", "torch.jit._script.script",
        "torch.jit.script_if_tracing", "torch.jit.ignore", "torch.jit.unused", "torch._jit_internal.ignore",
        "torch._jit_internal.unused", "torch.jit._drop", "torch._jit_internal._drop", "torch.jit._overload",
        "torch._jit_internal._overload", "torch.jit._overload_method", "torch._jit_internal._overload_method",
        "torch.jit.script_method", "torch.fx.wrap", "torch.compiler.allow_in_graph",
        "torch._dynamo.allow_in_graph", "staticmethod", "classmethod", "property", "abc.abstractmethod",
        "abc.abstractproperty", "abstractmethod", "typing.override", "typing_extensions.override", "override",
        "typing.no_type_check", "typing.final", "typing_extensions.final", "functools.wraps",
        "typing.runtime_checkable",
    }
)  # fmt: skip
_CACHES = frozenset({"functools.lru_cache", "functools.cache", "functools.singledispatchmethod"})


def _outside(known: str, others: str | None = "") -> Wrapping:
    names = None if others is None else frozenset(others.split())
    return Wrapping("wrapped", None, frozenset({"func", "fn"}), frozenset(known.split()), names)


_GRAD = _outside(
    "functools inspect sys warnings",
    "Any Callable F FuncType Self TypeVar _DecoratorContextManager _NoParamDecoratorContextManager"
    " _wrap_generator cast context_decorator overload ctx_factory",
)
_AMP = _outside(
    "torch collections functools warnings",
    "Any HAS_NUMPY _UnmanagedAutocast _cast _dtype _enter_autocast _exit_autocast autocast autocast_decorator"
    " custom_bwd custom_fwd is_autocast_available np autocast_instance cast_inputs device_type fwd bwd",
)
_DYNAMO = _outside("torch", None)
_CONTEXT = _outside(
    "abc os sys",
    "AbstractAsyncContextManager AbstractContextManager AsyncContextDecorator AsyncExitStack ContextDecorator"
    " ExitStack GenericAlias MethodType _collections_abc aclosing asynccontextmanager chdir closing"
    " contextmanager deque nullcontext redirect_stderr redirect_stdout suppress wraps self",
)
_DEPRECATED = _outside(
    "abc collections contextlib enum functools inspect io keyword operator sys types typing warnings",
    " ".join((*typing.__all__, "arg category msg stacklevel deprecated builtins annotationlib")),
)
_WRAPPERS: dict[str, Wrapping] = {
    **dict.fromkeys(
        (
            "torch.no_grad", "torch.enable_grad", "torch.inference_mode", "torch.set_grad_enabled",
            "torch.autograd.no_grad", "torch.autograd.enable_grad", "torch.autograd.inference_mode",
            "torch.autograd.grad_mode.no_grad", "torch.autograd.grad_mode.enable_grad",
            "torch.autograd.grad_mode.inference_mode", "torch.autograd.set_grad_enabled",
        ),
        _GRAD,
    ),
    **dict.fromkeys(
        (
            "torch.autocast", "torch.amp.autocast", "torch.cuda.amp.autocast", "torch.cpu.amp.autocast",
            "torch.amp.autocast_mode.autocast", "torch.cuda.amp.autocast_mode.autocast",
            "torch.amp.custom_fwd", "torch.amp.custom_bwd", "torch.cuda.amp.custom_fwd", "torch.cuda.amp.custom_bwd",
        ),
        _AMP,
    ),
    **dict.fromkeys(
        ("torch.compile", "torch.compiler.disable", "torch._dynamo.disable", "torch._dynamo.optimize"),
        _DYNAMO,
    ),
    **dict.fromkeys(
        (
            "contextlib.contextmanager", "torch.autograd.profiler.record_function",
            "torch.profiler.record_function",
        ),
        _CONTEXT,
    ),
    **dict.fromkeys(("typing_extensions.deprecated", "warnings.deprecated"), _DEPRECATED),
}  # fmt: skip
_BUILTINS = frozenset(dir(builtins))


def is_cached(function: Function) -> bool:
    """Whether what stands for it is an object of ``functools.lru_cache``, which has no source."""
    outer = [name for name in function.decorators if name not in _TRANSPARENT]
    return bool(outer) and outer[0] in ("functools.lru_cache", "functools.cache")


@once
def wrapping(function: Function) -> Wrapping:
    """What the decorators of a function make of it; of several wrappers the outermost one's names hold."""
    result = SAME
    for node, name in zip(function.node.decorator_list, function.decorators, strict=True):
        made = _decorator(function, node, name)
        if made.kind in ("opaque", "sourceless") and result.kind != "wrapped":
            return made
        if made.kind == "opaque":
            return made
        if made.kind == "wrapped" and result.kind == "same":
            result = made
    return result


def _decorator(function: Function, node: ast.expr, name: str) -> Wrapping:
    if name in _TRANSPARENT or name.endswith((".setter", ".getter")):
        return SAME
    if name in _CACHES:
        return _SOURCELESS
    if name in _WRAPPERS:
        return _WRAPPERS[name]
    called = isinstance(node, ast.Call)
    callee = node.func if isinstance(node, ast.Call) else node
    found = function.module.program.definition(function.module, callee, function.enclosing)
    if not isinstance(found, Function) or found.node.decorator_list:
        return _OPAQUE
    return _as_factory(found) if called else _as_decorator(found)


@once
def _as_decorator(found: Function) -> Wrapping:
    """A decorator of the program, by what it returns."""
    return _by_maker(found, found.node)


@once
def _as_factory(found: Function) -> Wrapping:
    """A function of the program that returns a decorator."""
    node = found.node
    return _by_maker(found, _returned_function(node) if isinstance(node, ast.FunctionDef) else None)


def _by_maker(found: Function, maker: ast.FunctionDef | ast.AsyncFunctionDef | None) -> Wrapping:
    if not isinstance(maker, ast.FunctionDef):
        return _OPAQUE
    parameters = [arg.arg for arg in (*maker.args.posonlyargs, *maker.args.args)]
    if len(parameters) != 1:
        return _OPAQUE
    returned = _returns(maker)
    if returned and all(isinstance(value, ast.Name) and value.id == parameters[0] for value in returned):
        return SAME
    wrapper = _returned_function(maker)
    if wrapper is not None and len(wrapper.decorator_list) == 1 and _wraps(found.module, wrapper, parameters[0]):
        return Wrapping("wrapped", found.module, found.bound_names)
    return _OPAQUE


def _returns(node: ast.FunctionDef) -> list[ast.expr | None]:
    """What the return statements of a function return, those of inner functions left out."""
    return [part.value for part in own(node) if isinstance(part, ast.Return)]


def _returned_function(node: ast.FunctionDef) -> ast.FunctionDef | None:
    """The inner function that a function returns in any case."""
    returned = _returns(node)
    names = {value.id for value in returned if isinstance(value, ast.Name)}
    if len(names) != 1 or not all(isinstance(value, ast.Name) for value in returned):
        return None
    inner = [part for part in walk(node) if isinstance(part, ast.FunctionDef) and part.name in names]
    return inner[0] if len(inner) == 1 and inner[0] is not node else None


def _wraps(module: Module, wrapper: ast.FunctionDef, parameter: str) -> bool:
    """Whether it is decorated with ``functools.wraps(parameter)``."""
    decorator = wrapper.decorator_list[0]
    if not isinstance(decorator, ast.Call) or module.dotted(decorator) != "functools.wraps":
        return False
    first = decorator.args[0] if decorator.args else None
    return isinstance(first, ast.Name) and first.id == parameter


def look_up(wrapped: Wrapping, module: Module, name: str) -> Definition:
    """What a name is in the globals of a wrapper.

    Args:
        wrapped: the wrapper.
        module: the file of the function that it wraps.
        name: the name.
    """
    if wrapped.kind != "wrapped":
        return module.program.lookup(module, name)
    if name in wrapped.closure:
        return UNCERTAIN
    if wrapped.module is not None:
        return module.program.lookup(wrapped.module, name)
    if name in wrapped.known or name in _BUILTINS:
        return External(name)
    if wrapped.others is None or name in wrapped.others or name.startswith("__"):
        return UNCERTAIN
    return UNDEFINED
