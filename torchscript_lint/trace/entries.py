"""Which functions of a file are traced."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from torchscript_lint.program import Class, Function, Module
from torchscript_lint.program.classes import is_differentiable, is_module, method
from torchscript_lint.source.walk import walk
from torchscript_lint.trace.values import UNKNOWN, Val

_COMPILED = ("torch.jit.script", "torch.jit.script_if_tracing", "torch.jit._script.script")
_TRACERS = ("torch.jit.trace", "torch.jit._trace.trace")


def entries(module: Module, targets: str) -> Iterator[tuple[Function, Val | None]]:
    """The entry points of a file, and what self is in each.

    Args:
        module: the file.
        targets: ``auto`` or ``all``.
    """
    handed = handed_over(module)
    for cls in classes(module):
        me = Val("object", ref=cls)
        if is_module(cls):
            forward = method(cls, "forward")
            if isinstance(forward, Function):
                yield forward, me
        if targets == "all" and not is_operator(cls):
            for function in cls.functions.values():
                if function.name == "forward" and is_module(cls):
                    continue
                if (function.name.startswith("__") and function.name != "__call__") or _compiled(function):
                    continue
                yield function, None if function.is_static else UNKNOWN if function.is_classmethod else me
    for function in module.functions.values():
        if (targets == "all" or function.name in handed) and not _compiled(function):
            yield function, None


def is_operator(cls: object) -> bool:
    """Whether it is a ``torch.autograd.Function`` of the program: its forward is not traced."""
    return isinstance(cls, Class) and is_differentiable(cls)


def classes(module: Module) -> Iterator[Class]:
    """The classes of a file, inner ones too."""
    pending = list(module.classes.values())
    while pending:
        cls = pending.pop(0)
        yield cls
        pending += cls.inner.values()


def handed_over(module: Module) -> set[str]:
    """Names that the file hands to ``torch.jit.trace``."""
    if "trace" not in module.source.text:
        return set()
    return {
        node.args[0].id
        for node in walk(module.tree)
        if isinstance(node, ast.Call)
        and node.args
        and isinstance(node.args[0], ast.Name)
        and module.dotted(node) in _TRACERS
    }


def _compiled(function: Function) -> bool:
    return any(name in _COMPILED for name in function.decorators)
