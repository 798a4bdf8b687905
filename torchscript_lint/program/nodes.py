"""The nodes that facts about attributes are gathered from: stores, calls and accesses."""

from __future__ import annotations

import ast

from torchscript_lint.program.definitions import Function
from torchscript_lint.program.module import Module
from torchscript_lint.program.once import once
from torchscript_lint.source.walk import Index

_KINDS: frozenset[type[ast.AST]] = frozenset(
    {ast.Assign, ast.AnnAssign, ast.AugAssign, ast.For, ast.Call, ast.Attribute}
)


@once
def _index(module: Module) -> Index:
    return Index(module.tree, _KINDS)


def nodes_of_file(module: Module) -> list[ast.AST]:
    """The assignments, ``for`` loops, calls and accesses to attributes of a file, in the order of the source."""
    return _index(module).nodes


def nodes_of(function: Function) -> list[ast.AST]:
    """Those of a function, of functions inside it too."""
    found = _index(function.module).below(function.node)
    return found if found is not None else Index(function.node, _KINDS).nodes
