"""Modules and tensors with gradients that a traced module uses and does not own: tracing fails on them.

``torch/csrc/jit/frontend/tracer.cpp``: getValue knows the parameters of the traced module; another tensor becomes
a constant of the graph, and one that requires grad must not.
"""

from __future__ import annotations

import ast
from dataclasses import replace

from torchscript_lint.program import External
from torchscript_lint.trace.values import STATE, Val

#: A module with parameters, or a tensor that requires grad, that is no part of the module that uses it.
LOOSE = "loose"
_REGISTERING = frozenset({"add_module", "register_module", "register_parameter", "setattr", "__setattr__"})


def loose_tensor() -> Val:
    """A tensor that requires grad and that no module owns."""
    return Val("tensor", frozenset({STATE}), const=LOOSE)


def needs_grad(name: str, node: ast.Call) -> bool:
    """Whether a call of this dotted name certainly makes a tensor that requires grad."""
    wanted = next((word.value for word in node.keywords if word.arg == "requires_grad"), None)
    on = isinstance(wanted, ast.Constant) and wanted.value is True
    if name in ("torch.nn.Parameter", "torch.nn.parameter.Parameter"):
        return wanted is None or on
    return on and name.startswith("torch.") and name.count(".") == 1


def listed(elem: Val, kind: str = "seq") -> Val | None:
    """A plain list or dict of modules or parameters, which ``nn.Module.__setattr__`` does not register."""
    if elem.kind == "object" and isinstance(elem.ref, External):
        return Val(kind, frozenset(), True, None, replace(elem, const=LOOSE))
    if elem.kind == "tensor" and elem.const == LOOSE:
        return Val(kind, frozenset(), True, None, elem)
    return None


def registers(tree: ast.AST) -> bool:
    """Whether some code may register modules or parameters by name."""
    return any(
        (isinstance(node, ast.Attribute) and node.attr in _REGISTERING)
        or (isinstance(node, ast.Name) and node.id in _REGISTERING)
        for node in ast.walk(tree)
    )
