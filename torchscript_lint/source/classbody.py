"""The assignments in the body of a TorchScript class or an enum, which the front end builds as well."""

from __future__ import annotations

import ast

from torchscript_lint.source import tree
from torchscript_lint.source.lower import Lowerer

#: What of the body of a class is not let pass: ``get_class_assigns`` swallows ``NotSupportedError`` alone.
_CLASS_LEVEL = frozenset(
    {
        "annotated-nested-attribute", "class-level-division", "constant-kind", "dict-expansion-after-key",
        "surrogate-string", "unary-plus",
    }
)  # fmt: skip


def class_body_rejections(node: ast.ClassDef) -> list[tree.Rejection]:
    """What the front end rejects in the assignments of a class body (``get_class_assigns``).

    An assignment that it merely does not support is left out there, from where it stops being supported.
    """
    found: list[tree.Rejection] = []
    for statement in node.body:
        if isinstance(statement, (ast.Assign, ast.AnnAssign)):
            lowerer = Lowerer("", true_division=False)
            lowerer.stmt(statement)
            if lowerer.rejections and lowerer.rejections[0].rule in _CLASS_LEVEL:
                found.append(lowerer.rejections[0])
    return found
