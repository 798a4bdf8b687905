"""Functions that stay in Python: what their annotations say (``get_signature`` of ``torch/jit/annotations.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchscript_lint.program import Function
from torchscript_lint.script.resolve import Names
from torchscript_lint.script.typecomments import signature_of_comment
from torchscript_lint.types import annotations as ann
from torchscript_lint.types.model import TENSOR, UNKNOWN, Type

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker


def result(ck: Checker, function: Function, bound: bool) -> Type:
    """The type that a call of an ignored function gives.

    Without any annotation it takes Tensors and gives as many as are asked for; with some, a missing return
    annotation is read as a Tensor too.

    Args:
        ck: the checker.
        function: the function.
        bound: whether it is a method.
    """
    definition = function.tree
    returns = definition.returns
    if definition.type_comment is not None:
        comment = signature_of_comment(definition, len(definition.params) - bound, _quiet)
        returns = comment[1] if comment is not None else None
    if returns is None:
        unannotated = all(param.annotation is None for param in definition.params)
        return TENSOR if unannotated and ck.binders == 1 else UNKNOWN
    names = Names(ck.session, function, ck.chain)
    return ann.parse(returns, names, _quiet)


def _quiet(rule: str, node: object, **detail: str) -> None:
    """What is wrong with the annotations of an ignored function is reported where it is handed to the compiler."""
