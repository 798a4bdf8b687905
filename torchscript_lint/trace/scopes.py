"""The scopes of a file, as far as calls of ``torch.jit.trace`` in them concern."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from torchscript_lint.program import Class, Module
from torchscript_lint.program.classes import is_module
from torchscript_lint.source.walk import children, walk


def scopes(tree: ast.Module) -> Iterator[tuple[str, list[ast.stmt]]]:
    """The module's body and that of every function, with its name."""
    yield "", tree.body
    for node in walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.body


def own(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a scope without those of scopes inside of it."""
    yield node
    if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
        for child in children(node):
            yield from own(child)


def made_in(module: Module, nodes: list[ast.AST]) -> dict[str, Class]:
    """Names that the scope binds to an instance of a module class of the program, and to nothing else."""
    result: dict[str, Class] = {}
    seen: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            cls = module.program.definition(module, node.value.func) if isinstance(node.value, ast.Call) else None
            if isinstance(cls, Class) and is_module(cls) and name not in seen:
                result[name] = cls
            else:
                result.pop(name, None)
            seen.add(name)
    return result


def class_of(module: Module, node: ast.expr, made: dict[str, Class]) -> Class | None:
    """The module class of the program that an expression is an instance of, where that is certain."""
    if isinstance(node, ast.Name):
        return made.get(node.id)
    if isinstance(node, ast.Call):
        if isinstance(node.func, ast.Attribute) and node.func.attr == "eval" and not node.args:
            return class_of(module, node.func.value, made)
        cls = module.program.definition(module, node.func)
        if isinstance(cls, Class) and is_module(cls):
            return cls
    return None


def in_eval(calls: list[ast.Call], trace: ast.Call) -> bool:
    """Whether the traced module is evidently in eval mode: the last call that sets its mode is ``eval()``."""
    subject = trace.args[0]
    if not isinstance(subject, ast.Name):
        return isinstance(subject, ast.Call) and isinstance(subject.func, ast.Attribute) and subject.func.attr == "eval"
    modes = [
        (position(call), call.func.attr)
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in ("eval", "train")
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == subject.id
        and position(call) < position(trace)
    ]
    return bool(modes) and max(modes)[1] == "eval"


def position(node: ast.expr) -> tuple[int, int]:
    """Where an expression begins."""
    return node.lineno, node.col_offset
