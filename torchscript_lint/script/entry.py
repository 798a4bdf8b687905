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
    for base, shown in zip(cls.bases, cls.node.bases, strict=True):
        if isinstance(base, Class) or (isinstance(base, External) and base.name != "object"):
            if not _settled(cls):
                return False
            detail = {"name": cls.name, "base": ast.unparse(shown)}
            _report(session, "scripted-subclass", cls, _head(cls.node, 5), detail)
            return True
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
