"""Writes into what may be another name's tensor: ``contiguous()`` and casts give the same tensor or a copy.

Which of them is decided anew in each eager run; the graph has the writes of the traced run's decision.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from torchscript_lint.source.walk import walk

_PERHAPS_THE_SAME = frozenset(
    {"contiguous", "to", "type", "type_as", "float", "double", "half", "bfloat16", "long", "int", "bool", "cpu", "cuda"}
)


def perhaps_the_same(node: ast.expr) -> str:
    """The name whose tensor an expression gives, or a copy of it; empty for any other expression."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _PERHAPS_THE_SAME:
        inner = node.func.value
        return inner.id if isinstance(inner, ast.Name) else perhaps_the_same(inner)
    return ""


def written(node: ast.stmt) -> Iterator[str]:
    """Names whose tensor a statement writes into."""
    if isinstance(node, ast.AugAssign):
        yield from _named(node.target)
    elif isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                yield from _named(target)
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        name = node.value.func.attr
        if name.endswith("_") and not name.endswith("__"):
            yield from _named(node.value.func.value)


def _named(node: ast.expr) -> Iterator[str]:
    while isinstance(node, ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def read_later(function: ast.AST, name: str, after: int) -> bool:
    """Whether a function reads a name on a line after this one."""
    return any(
        isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load) and node.lineno > after
        for node in walk(function)
    )
