"""What is compiled: the entry points of a file, and the findings on everything they reach."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from torchscript_lint.findings import Finding
from torchscript_lint.program import Class, Function, Module, Program
from torchscript_lint.script.resolve import class_kind
from torchscript_lint.script.session import Session, deep_stack
from torchscript_lint.script.values import UNKNOWN_VALUE, Sugared


def check(program: Program, module: Module, targets: str = "auto") -> list[Finding]:
    """What ``torch.jit.script`` rejects in a file, and in what its targets reach.

    Args:
        program: the program that the file belongs to.
        module: the file.
        targets: ``auto`` (what TorchScript would compile) or ``all`` (every function as if handed to it).

    Returns:
        Findings in the order of the source; those in other files of the program have these files' paths.
    """
    session = _run(program, module, targets)
    return sorted(session.findings.values())


def reveal(program: Program, module: Module) -> list[tuple[str, int, str]]:
    """What ``reveal_type(...)`` calls in a file show: path, line, type."""
    return _run(program, module, "all").revealed


def _run(program: Program, module: Module, targets: str) -> Session:
    session = Session(program)
    with deep_stack():
        for function, receiver in entries(session, module, targets):
            session.compile(function, receiver, _prefix(function))
    return session


def _prefix(function: Function) -> tuple[str, ...]:
    return ()


def entries(session: Session, module: Module, targets: str) -> Iterator[tuple[Function, Sugared | None]]:
    """The functions that are compiled first, with the value of their ``self``."""
    for function in module.functions.values():
        if targets == "all" or function.decorator("torch.jit.script", "torch.jit.script_if_tracing"):
            if function.modifier in ("", "export"):
                yield function, None
            if targets == "all":
                yield from _nested(function)
    for cls in module.classes.values():
        yield from _class_entries(session, cls, targets)


def _class_entries(session: Session, cls: Class, targets: str) -> Iterator[tuple[Function, Sugared | None]]:
    kind = class_kind(cls)
    receiver: Sugared = session.module_value(cls) if kind == "module" else UNKNOWN_VALUE
    for name, function in cls.functions.items():
        if function.modifier in ("ignore", "unused", "drop", "overload") or name == "__init__":
            continue
        if targets == "all" or (kind == "module" and (name == "forward" or function.modifier == "export")):
            yield function, None if function.is_static else receiver
        if targets == "all":
            yield from _nested(function)
    if targets == "all":
        for inner in cls.inner.values():
            yield from _class_entries(session, inner, targets)


def _nested(function: Function) -> Iterator[tuple[Function, Sugared | None]]:
    """The functions defined inside a function."""
    for node in _inner_definitions(function.node):
        inner = Function(function.module, node, f"{function.qualname}.<locals>.{node.name}", None, function)
        yield inner, None
        yield from _nested(inner)


def _inner_definitions(outer: ast.AST) -> Iterator[ast.FunctionDef]:
    for child in ast.iter_child_nodes(outer):
        if isinstance(child, ast.FunctionDef):
            yield child
        elif not isinstance(child, (ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            yield from _inner_definitions(child)
