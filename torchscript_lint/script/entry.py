"""What is refused at the door, before a body is looked at: the kind of what is handed over, decorators.

Facts: ``_script_impl`` of ``torch/jit/_script.py``, ``torch/_jit_internal.py``.
"""

from __future__ import annotations

import ast

from torchscript_lint.program import Class, External, Function, Module
from torchscript_lint.program.classes import is_module, lineage
from torchscript_lint.script.session import Session
from torchscript_lint.source.lower import lower_function, node_span

Span = tuple[int, int, int, int]

SCRIPT = frozenset({"torch.jit.script", "torch.jit._script.script", "torch.jit.script_if_tracing"})
_IGNORE = frozenset({"torch.jit.ignore", "torch._jit_internal.ignore"})
_AUTOCAST = frozenset(
    {
        "torch.autocast", "torch.amp.autocast", "torch.amp.autocast_mode.autocast",
        "torch.cuda.amp.autocast", "torch.cuda.amp.autocast_mode.autocast",
        "torch.cpu.amp.autocast", "torch.cpu.amp.autocast_mode.autocast",
    }
)  # fmt: skip


def is_scripted(definition: Class | Function) -> bool:
    """Whether its decorators hand it to ``torch.jit.script``."""
    return any(name in SCRIPT for name in definition.decorators)


# --- functions -----------------------------------------------------------------------------------


def function_is_refused(session: Session, function: Function, overloaded: bool) -> bool:
    """Report what a function handed to ``torch.jit.script`` is refused for; whether its body is not compiled.

    Args:
        session: the run.
        function: the function.
        overloaded: whether there are overload declarations of its name.
    """
    detail = {"function": function.name}
    for name, decorator in zip(function.decorators, function.node.decorator_list, strict=True):
        if name in _AUTOCAST and isinstance(decorator, ast.Call):
            _report(session, "autocast-decorator", function, node_span(decorator), detail)
            break
    if overloaded:
        _report(session, "scripted-overload", function, _head(function.node, 3), detail)
    return overloaded


def method_is_refused(session: Session, method: Function) -> bool:
    """Report a method that is compiled first and takes no parameters at all."""
    args = method.node.args
    if args.posonlyargs or args.args or args.vararg is not None or method.is_static:
        return False
    detail = {"function": method.name}
    _report(session, "entry-without-parameters", method, _head(method.node, 3), detail)
    return True


def unused(session: Session, function: Function, chain: tuple[str, ...] = ()) -> None:
    """Report what the front end says of a function marked ``@torch.jit.unused``: its signature is built.

    Args:
        session: the run.
        function: the function.
        chain: qualified names from the entry point to it.
    """
    lowered = lower_function(function.node, function.module.source.lines, unused=True)
    for rejection in lowered.rejections:
        if function.modifier == "drop" and rejection.rule != "keyword-only-default":
            continue
        session.report(
            rejection.rule, function.module, rejection.span, rejection.detail,
            target=function.qualname, chain=(*chain, function.qualname),
        )  # fmt: skip


_CACHE = "functools._lru_cache_wrapper"


def cached(session: Session, function: Function, *, method: bool) -> None:
    """Report a function under ``lru_cache`` that is handed over, or a method that is compiled first."""
    detail = {
        "what": f"`{function.name}` is wrapped by lru_cache",
        "said": f"'{_CACHE}' object has no attribute '__globals__'"
        if method
        else f"Can't get source for <class '{_CACHE}'>",
        "instead": "hand over the function without it; called from compiled code, it stays in Python",
    }
    _report(session, "source-unavailable", function, _head(function.node, 3), detail)


def ignore_arguments(session: Session, function: Function) -> None:
    """Report arguments of ``@torch.jit.ignore`` that are no bools."""
    for name, decorator in zip(function.decorators, function.node.decorator_list, strict=True):
        if name not in _IGNORE or not isinstance(decorator, ast.Call):
            continue
        values = decorator.args[:1] + [word.value for word in decorator.keywords if word.arg == "drop"]
        for value in values:
            if isinstance(value, ast.Constant) and not isinstance(value.value, bool):
                detail = {"value": ast.unparse(value)}
                _report(session, "ignore-argument", function, node_span(decorator), detail)


def lambda_target(session: Session, module: Module, node: ast.Lambda, target: str) -> None:
    """Report a lambda that is handed over."""
    session.report("lambda-target", module, node_span(node), {}, target=target, chain=(target,) if target else ())


# --- classes -------------------------------------------------------------------------------------


def class_is_refused(session: Session, cls: Class, place: tuple[Function | None, Module, Span] | None) -> bool:
    """Report what a class handed to ``torch.jit.script`` is refused for; whether its body is not compiled.

    Args:
        session: the run.
        cls: the class.
        place: where it is handed over (the function there, the file, the span); None for its decorator.
    """
    if is_module(cls):
        detail = {"name": cls.name}
        if place is None:
            _report(session, "scripted-module-class", cls, _head(cls.node, 5), detail)
        else:
            scope, module, span = place
            target = scope.qualname if scope is not None else ""
            chain = (target,) if target else ()
            session.report("scripted-module-class", module, span, detail, target=target, chain=chain)
        return True
    bases = lineage(cls).classes[1:]
    if any(isinstance(base, External) and base.name.startswith("enum.") for base in bases):
        return True  # left as it is
    if is_frozen(cls):
        detail = {
            "what": f"`{cls.name}` is a frozen dataclass, whose __setattr__ and __delattr__ Python makes",
            "said": f"Can't get source for <function {cls.name}.__delattr__",
            "instead": "make it a plain @dataclass, or a NamedTuple",
        }
        _report(session, "source-unavailable", cls, _head(cls.node, 5), detail)
        return True
    for base, shown in zip(cls.bases, cls.node.bases, strict=True):
        if isinstance(base, Class) or (isinstance(base, External) and base.name != "object"):
            if not _settled(cls):
                return False
            detail = {"name": cls.name, "base": ast.unparse(shown)}
            _report(session, "scripted-subclass", cls, _head(cls.node, 5), detail)
            return True
    return False


def is_frozen(cls: Class) -> bool:
    """Whether it is a dataclass with ``frozen=True``, and has no ``__delattr__`` of its own."""
    for name, node in zip(cls.decorators, cls.node.decorator_list, strict=True):
        if name == "dataclasses.dataclass" and isinstance(node, ast.Call):
            frozen = [word.value for word in node.keywords if word.arg == "frozen"]
            return any(isinstance(value, ast.Constant) and value.value is True for value in frozen)
    return False


def _settled(cls: Class) -> bool:
    """Whether the class is known not to be an enum or a module."""
    known = lineage(cls)
    return (known.complete and is_module(cls) is False) or any(
        isinstance(base, External) and base.name in ("typing.NamedTuple", "typing.Protocol", "abc.ABC")
        for base in known.classes
    )


# --- reports -------------------------------------------------------------------------------------


def _head(node: ast.stmt, length: int) -> Span:
    return (node.lineno, node.col_offset, node.lineno, node.col_offset + length)


def _report(session: Session, rule: str, definition: Class | Function, span: Span, detail: dict[str, str]) -> None:
    session.report(rule, definition.module, span, detail, target=definition.qualname, chain=(definition.qualname,))


def property_without_getter(session: Session, cls: Class, name: str, node: ast.expr) -> None:
    """Report a property that can only be set."""
    _report(session, "property-without-getter", cls, node_span(node), {"name": name})
