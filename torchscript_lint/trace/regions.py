"""``with`` blocks whose effect is Python's, and not part of the graph."""

from __future__ import annotations

import ast

from torchscript_lint.program import Module

_AUTOCAST = frozenset(
    {
        "torch.autocast",
        "torch.amp.autocast",
        "torch.amp.autocast_mode.autocast",
        "torch.cuda.amp.autocast",
        "torch.cuda.amp.autocast_mode.autocast",
        "torch.cpu.amp.autocast",
    }
)
_NO_GRAD = frozenset({"torch.no_grad", "torch.inference_mode", "torch.autograd.no_grad"})


def effect(module: Module, node: ast.expr) -> str:
    """The name of the rule about what a context does that the graph does not hold; empty where there is none."""
    if not isinstance(node, ast.Call):
        return ""
    name = module.dotted(node.func)
    if name == "contextlib.suppress":
        return "try-branch"
    if name in _AUTOCAST and _off(node):
        return "autocast-region"
    if name in _NO_GRAD and not node.args:
        return "no-grad-region"
    if name == "torch.set_grad_enabled" and node.args and _false(node.args[0]):
        return "no-grad-region"
    return ""


def _off(node: ast.Call) -> bool:
    """Whether autocast is turned off: on, its casts are recorded."""
    enabled = next((word.value for word in node.keywords if word.arg == "enabled"), None)
    return _false(enabled) or (bool(node.args) and _false(node.args[0]))


def _false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value is False
