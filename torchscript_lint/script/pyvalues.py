"""Module-level values as the compiler meets them: which Python type they have, and whether they are constants."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from torchscript_lint.program import External, Function, Module, Program, Value
from torchscript_lint.script.pykinds import DECLARED, Kinds, bound_once
from torchscript_lint.script.values import (
    UNKNOWN_VALUE,
    Functions,
    Opaque,
    PythonObject,
    Simple,
    Special,
    Sugared,
)

if TYPE_CHECKING:
    from torchscript_lint.script.resolve import Names


def is_none(value: Value) -> bool:
    """Whether a module-level name is None for sure."""
    return isinstance(value.value, ast.Constant) and value.value.value is None and bound_once(value)


def sugared(names: Names, value: Value, *, constant: bool) -> Sugared:
    """A module-level value as the compiler meets it.

    Args:
        names: the resolver of the function that uses it.
        value: the name and what is assigned to it.
        constant: whether it is reached as a member of a Python module, where plain values may be used.
    """
    node = value.value
    if node is None:
        return _declared(value, constant)
    if not bound_once(value):
        known = None if constant else of_name(names.session.program, value.module, value.name)
        return known if known is not None else _declared(value, constant)
    return of_expression(names, value, node, constant=constant)


def of_expression(names: Names, value: Value, node: ast.expr, *, constant: bool) -> Sugared:
    """The value of an expression at module level or in a class's body, as the compiler meets it.

    Args:
        names: the resolver of the function that uses it.
        value: what it is assigned to.
        node: the expression.
        constant: see :func:`sugared`.
    """
    if isinstance(node, ast.Lambda):
        return Special("lambda")
    if isinstance(node, ast.Call):
        found = _handed(names, value, node)
        if found is not None:
            return found
    kind = Kinds(names.session.program, value.module).of(node)
    if kind is None:
        return _declared(value, constant)
    if constant and kind.type is not None:
        return Simple(kind.type, kind.const)
    return PythonObject(kind.name)


def _handed(names: Names, value: Value, node: ast.Call) -> Sugared | None:
    """A function that is handed to a function of ``torch.jit``; None for other calls."""
    program = names.session.program
    found = program.definition(value.module, node.func)
    if not isinstance(found, External) or len(node.args) != 1:
        return None
    if found.name not in ("torch.jit.script", "torch.jit.ignore", "torch.jit.unused"):
        return None
    inner = program.definition(value.module, node.args[0])
    if not isinstance(inner, Function):
        return UNKNOWN_VALUE
    return Functions((inner,)) if found.name == "torch.jit.script" else Opaque(inner)


def of_name(program: Program, module: Module, name: str) -> PythonObject | None:
    """What several statements at module level make of a name; None where one of them may bind it to a function.

    A ``global`` statement may rebind it to anything; that it stays what it was is all the source tells.
    """
    kinds = Kinds(program, module)
    found = []
    for binding in module.bindings.get(name, ()):
        if isinstance(binding.node, ast.AugAssign) or binding.where == "type-checking":
            continue  # `SET |= {...}`: what it was stays what it is
        kind = kinds.of_binding(binding)
        if kind is None:
            return None
        if kind.name != "NoneType":
            found.append(kind.name)
    return PythonObject(found[-1]) if found else None


def _declared(value: Value, constant: bool) -> Sugared:
    """A value whose Python type only its annotation tells, ``X: bool = ...``; as a constant it stays unknown."""
    annotation = value.annotation
    if isinstance(annotation, ast.Subscript):
        annotation = annotation.value
    if isinstance(annotation, ast.Name) and annotation.id.lower() in DECLARED and not constant:
        return PythonObject(annotation.id.lower())
    return UNKNOWN_VALUE
