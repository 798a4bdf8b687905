"""``with torch.jit._IgnoreContextManager(x="inp:TYPE", y="out:TYPE")``: a block that stays in Python.

``build_ignore_context_manager`` of ``torch/jit/frontend.py`` makes a function of the block, evaluates its
signature among its own module's names, and puts a call of it in the block's place.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator

from torchscript_lint.source.walk import walk

#: Names that the annotations can use: those of ``torch/jit/frontend.py``, and the three it imports for them.
_NAMES = frozenset(dir(builtins)) | {
    "torch",
    "List",
    "Dict",
    "Tuple",
    "ast",
    "copy",
    "dataclasses",
    "inspect",
    "re",
}


def context_call(node: ast.With) -> ast.Call | None:
    """The call that makes a block an ignoring one, or None (``is_torch_jit_ignore_context_manager``)."""
    call = node.items[0].context_expr
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Attribute):
        return None
    if call.func.attr != "_IgnoreContextManager" or not isinstance(call.func.value, ast.Attribute):
        return None
    base = call.func.value
    return call if base.attr == "jit" and isinstance(base.value, ast.Name) and base.value.id == "torch" else None


def outputs(call: ast.Call) -> frozenset[str]:
    """The names that the block binds; those of arguments that cannot be read among them."""
    return frozenset(
        keyword.arg
        for keyword in call.keywords
        if keyword.arg and not str(getattr(keyword.value, "value", "")).startswith("inp:")
    )


def unreadable(call: ast.Call) -> Iterator[tuple[ast.expr, str, str]]:
    """The arguments that the front end fails on: where, the keyword, and Python's own words for it."""
    for keyword in call.keywords:
        error = _error(keyword.value)
        if error:
            yield keyword.value, keyword.arg or "**", error


def _error(node: ast.expr) -> str:
    """What reading one argument raises; empty for none."""
    if not hasattr(node, "value"):
        return f"'{type(node).__name__}' object has no attribute 'value'"
    value = node.value
    if not isinstance(value, str):
        return f"'{type(value).__name__}' object has no attribute 'split'"
    parts = value.split(":")
    if len(parts) == 1:
        return "not enough values to unpack (expected 2, got 1)"
    if len(parts) > 2:
        return "too many values to unpack (expected 2"
    if parts[0] not in ("inp", "out"):
        return ""  # passed over
    try:
        annotation = ast.parse(parts[1].strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return "invalid syntax"
    for part in walk(annotation):
        if isinstance(part, ast.Name) and part.id not in _NAMES:
            return f"name '{part.id}' is not defined"
    return ""
