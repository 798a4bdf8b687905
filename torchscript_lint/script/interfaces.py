"""``@torch.jit.interface``: what the decorator refuses while the file is imported.

Facts: ``interface`` of ``torch/jit/_script.py``, ``define_interface`` of ``ir_emitter.cpp``.
"""

from __future__ import annotations

import ast

from torchscript_lint.program import Class, External, Function
from torchscript_lint.program.classes import is_module_name
from torchscript_lint.script.session import Session

_INTERFACE = frozenset({"torch.jit.interface", "torch.jit._script.interface"})


def is_interface(definition: Class | Function) -> bool:
    """Whether it is decorated as an interface."""
    return any(name in _INTERFACE for name in definition.decorators)


def check(session: Session, definition: Class | Function) -> None:
    """Check what is decorated as an interface."""
    node = definition.node
    if isinstance(definition, Function):
        _report(session, "interface-on-function", definition, node, 3, name=definition.name)
        return
    for base, shown in zip(definition.bases, definition.node.bases, strict=True):
        if isinstance(base, External) and (base.name == "object" or _is_nn_module(base.name)):
            continue
        if isinstance(base, (Class, External)):
            text = ast.unparse(shown)
            _report(session, "interface-inheritance", definition, node, 5, name=definition.name, base=text)
            return
    for method in definition.functions.values():
        if method.is_static or method.modifier in ("drop", "unused"):
            continue
        if method.node.returns is None and "# type:" not in _text(method):
            _report(session, "interface-return-annotation", method, method.node, 3, function=method.name)
        if not _passes(method.node.body):
            _report(session, "interface-body", method, method.node, 3, function=method.name)


def _is_nn_module(name: str) -> bool:
    return is_module_name(name) and name.rpartition(".")[2] == "Module"


def _passes(body: list[ast.stmt]) -> bool:
    """Whether there are docstrings at most before the first ``pass``."""
    for statement in body:
        if isinstance(statement, ast.Pass):
            return True
        if isinstance(statement, ast.Expr) and not _is_string(statement.value):
            return False
    return False


def _is_string(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _text(function: Function) -> str:
    node = function.node
    return "".join(function.module.source.lines[node.lineno - 1 : node.end_lineno])


def _report(
    session: Session, rule: str, definition: Class | Function, node: ast.stmt, length: int, **detail: str
) -> None:
    span = (node.lineno, node.col_offset, node.lineno, node.col_offset + length)
    name = definition.qualname
    session.report(rule, definition.module, span, detail, target=name, chain=(name,))
