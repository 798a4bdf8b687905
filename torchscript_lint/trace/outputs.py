"""What ``torch.jit.trace`` refuses as the output of the traced module (``torch/csrc/jit/frontend/tracer.cpp``)."""

from __future__ import annotations

import ast

from torchscript_lint.program import Class
from torchscript_lint.program.classes import is_module, lineage
from torchscript_lint.trace.values import DERIVED, MODE, RANK, Val

_ONLY = "Only tensors, lists, tuples of tensors, or dictionary of tensors can be output from traced functions"
_DICT = "Encountering a dict at the output of the tracer might cause the trace to be incorrect"
_NOTHING = "The traced function didn't return any values! Side-effects are not captured in traces"
_CLASS = "Tracer cannot infer type of"


def refused(value: Val, node: ast.expr | None) -> tuple[str, str]:
    """What an output is that is refused, and what the tracer says of it; empty where it is not.

    Args:
        value: what is returned.
        node: its expression.
    """
    if value.kind == "dict" and value.sure:
        return "a dict", _DICT
    if value.kind == "none" and value.sure:
        return "None", _NOTHING
    if isinstance(node, (ast.Set, ast.SetComp)):
        return "a set", _CLASS
    what = _part(value)
    if what:
        return what, _CLASS if value.kind == "object" else _ONLY
    if value.kind == "seq":
        parts = node.elts if isinstance(node, ast.Tuple) else []
        if any(isinstance(part, ast.List) and not part.elts for part in parts):
            return "a tuple with an empty list", _CLASS
        if value.items is not None:
            if any(item.kind == "none" and item.sure for item in value.items):
                return "a tuple with None", _ONLY
            inner = next(filter(None, map(_part, value.items)), "")
            if inner:
                return f"a tuple with {inner}", _ONLY
    return "", ""


def _part(value: Val) -> str:
    """What a value is that is no tensor, nor a container of them; empty where it may be one."""
    if value.kind == "py" and (value.known or value.origin & {RANK, DERIVED, MODE}):
        return "a Python value"
    if value.kind == "object" and value.sure and isinstance(value.ref, Class) and is_module(value.ref) is False:
        bases = lineage(value.ref)
        if all(isinstance(entry, Class) or entry.name == "object" for entry in bases.classes):
            return f"an instance of {value.ref.name}"
    return ""
