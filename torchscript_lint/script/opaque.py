"""Functions that stay in Python: what their annotations say (``get_signature`` of ``torch/jit/annotations.py``)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torchscript_lint.library import Arg, Schema
from torchscript_lint.program import Function
from torchscript_lint.script.resolve import Names, transparent
from torchscript_lint.script.session import schema_of
from torchscript_lint.script.typecomments import signature_of_comment
from torchscript_lint.source import tree
from torchscript_lint.source.typecomment import type_comment_place
from torchscript_lint.types import annotations as ann
from torchscript_lint.types.model import TENSOR, UNKNOWN, Type

if TYPE_CHECKING:
    from torchscript_lint.script.checker import Checker


def result(ck: Checker, function: Function, bound: bool, node: tree.Node) -> Type:
    """The type that a call of an ignored function gives.

    Without any annotation it takes Tensors and gives as many as are asked for; with some, a missing return
    annotation is read as a Tensor too.

    Args:
        ck: the checker.
        function: the function.
        bound: whether it is a method.
        node: the call.
    """
    definition = function.tree
    if function.modifier == "ignore" and (what := _uncounted(function)):
        at = node.func if isinstance(node, tree.Apply) else node
        ck.report("ignored-variadic", at, function=function.name, what=what)
        return UNKNOWN
    if bound and not definition.params and not _variadic(function):
        ck.report("ignored-method-without-self", node, name=function.name)
        return UNKNOWN
    if not _evaluates(ck, function, node):
        return UNKNOWN
    returns = definition.returns
    annotated = definition.returns is not None or any(param.annotation for param in definition.params)
    if definition.type_comment is not None and not annotated:
        if "->" not in definition.type_comment:
            _no_arrow(ck, function)
            return UNKNOWN
        comment = signature_of_comment(definition, len(definition.params) - bound, _quiet)
        returns = comment[1] if comment is not None else None
    if returns is None:
        unannotated = all(param.annotation is None for param in definition.params)
        return TENSOR if unannotated and ck.binders == 1 else UNKNOWN
    names = Names(ck.session, function, ck.chain)
    return ann.parse(returns, names, _quiet)


def signature(ck: Checker, function: Function, bound: bool, returns: Type) -> Schema | None:
    """What a call of an ignored function is matched against (``PythonValue::getSchema``): no parameter has a default.

    Args:
        ck: the checker.
        function: the function.
        bound: whether it is a method.
        returns: what a call gives.

    Returns:
        The signature, or None where the source does not tell.
    """
    definition = function.tree
    arguments = function.node.args
    if _variadic(function) or arguments.kwonlyargs or arguments.kwarg or not transparent(function):
        return None
    params = definition.params[bound:]
    names = Names(ck.session, function, ck.chain)
    if definition.type_comment is not None and not any(param.annotation for param in definition.params):
        comment = signature_of_comment(definition, len(params), _quiet) if definition.returns is None else None
        if comment is None:
            return None
        types = [ann.parse(annotation, names, _quiet) for annotation in comment[0]]
    else:
        types = [TENSOR if param.annotation is None else ann.parse(param.annotation, names, _quiet) for param in params]
    return schema_of(function, [Arg(param.name, type_) for param, type_ in zip(params, types, strict=True)], returns)


def _evaluates(ck: Checker, function: Function, node: tree.Node) -> bool:
    """Report the first annotation that is no TorchScript type as Python has it (``try_real_annotations``).

    The annotations of what stays in Python are not compiled: their objects are translated, and where
    ``from __future__ import annotations`` or quotes make an annotation a string, the string is no type.
    """
    definition = function.tree
    annotations = [param.annotation for param in definition.params] + [definition.returns]
    names = Names(ck.session, function, ck.chain)
    for annotation in annotations:
        if annotation is None or isinstance(annotation, tree.Hole):
            continue
        as_string = isinstance(annotation, tree.Str) or function.module.future_annotations
        if as_string or ann.evaluates(annotation, names) is False:
            at = node.func if isinstance(node, tree.Apply) else node
            ck.report(
                "ignored-annotation", at, function=function.name, annotation=ann.text_of(annotation),
                kind="a string to Python" if as_string else "no TorchScript type",
            )  # fmt: skip
            return False
    return True


def _uncounted(function: Function) -> str:
    """The parameters that ``get_param_names`` leaves out, where annotations make ``get_signature`` count them."""
    args = function.node.args
    given = [*args.posonlyargs, *args.args, *args.kwonlyargs]
    given += [arg for arg in (args.vararg, args.kwarg) if arg is not None]
    if function.node.returns is None and not any(arg.annotation for arg in given):
        return ""
    if args.vararg is not None:
        return f"`*{args.vararg.arg}`"
    if args.kwonlyargs:
        return f"the keyword-only `{args.kwonlyargs[0].arg}`"
    return f"`**{args.kwarg.arg}`" if args.kwarg is not None else ""


def _variadic(function: Function) -> bool:
    return function.node.args.vararg is not None or bool(function.node.args.posonlyargs)


def _no_arrow(ck: Checker, function: Function) -> None:
    line, start, end = type_comment_place(function.node, function.module.source.lines)
    ck.session.report(
        "type-comment-no-arrow", function.module, (line, start, line, end), {},
        target=function.qualname, chain=(*ck.chain, function.qualname), warning=ck.uncertain > 0,
    )  # fmt: skip


def _quiet(rule: str, node: object, **detail: str) -> None:
    """What is wrong with the annotations of an ignored function is reported where it is handed to the compiler."""
