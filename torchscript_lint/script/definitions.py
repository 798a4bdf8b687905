"""Every function and class that a file defines, at any depth, each definition of a name."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from torchscript_lint.program import Class, Function, Module
from torchscript_lint.program.once import once

Definition = Function | Class


@once
def definitions(module: Module) -> list[Definition]:
    """All functions and classes of a file in the order of the source, outer ones before inner ones.

    A function that is defined twice under one name is there twice; so is what only a branch defines. Those
    that the program knows are its own objects.
    """
    return list(_walk(module, module.tree.body, None, None))


def _walk(
    module: Module, body: list[ast.stmt], owner: Class | None, enclosing: Function | None
) -> Iterator[Definition]:
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            function = _function(module, node, owner, enclosing)
            yield function
            yield from _walk(module, node.body, None, function)
        elif isinstance(node, ast.ClassDef):
            cls = _class(module, node, owner, enclosing)
            yield cls
            yield from _walk(module, node.body, cls, enclosing)
        else:
            for inner in _suites(node):
                yield from _walk(module, inner, owner, enclosing)


def _suites(node: ast.stmt) -> Iterator[list[ast.stmt]]:
    """The suites of a compound statement."""
    for field in ("body", "handlers", "orelse", "finalbody", "cases"):
        suite = getattr(node, field, None)
        if isinstance(suite, list) and suite:
            if isinstance(suite[0], ast.stmt):
                yield suite
            else:
                yield from (part.body for part in suite)


def _function(
    module: Module,
    node: ast.FunctionDef | ast.AsyncFunctionDef,
    owner: Class | None,
    enclosing: Function | None,
) -> Function:
    if owner is not None:
        for known in (owner.functions, owner.setters):
            function = known.get(node.name)
            if function is not None and function.node is node:
                return function
        for function in owner.overloads.get(node.name, ()):
            if function.node is node:
                return function
        return Function(module, node, f"{owner.qualname}.{node.name}", owner, enclosing)
    if enclosing is not None:
        return Function(module, node, f"{enclosing.qualname}.<locals>.{node.name}", None, enclosing)
    known_here = module.definition_of(node)
    return known_here if isinstance(known_here, Function) else Function(module, node, node.name)


def _class(module: Module, node: ast.ClassDef, owner: Class | None, enclosing: Function | None) -> Class:
    if owner is not None:
        inner = owner.inner.get(node.name)
        if inner is not None and inner.node is node:
            return inner
        return Class(module, node, f"{owner.qualname}.{node.name}", enclosing)
    if enclosing is not None:
        return Class(module, node, f"{enclosing.qualname}.<locals>.{node.name}", enclosing)
    known = module.definition_of(node)
    return known if isinstance(known, Class) else Class(module, node, node.name)
