"""A signature's type comment as annotations (``parse_type_comment`` and ``merge_type_from_type_comment``)."""

from __future__ import annotations

import ast
from collections.abc import Callable

from torchscript_lint.source import tree
from torchscript_lint.source.lower import lower_expression
from torchscript_lint.source.walk import walk

Report = Callable[..., object]


def signature_of_comment(
    definition: tree.Def, expected: int, report: Report
) -> tuple[list[tree.Expr], tree.Expr | None] | None:
    """The annotations of the parameters and of the result that a type comment gives; None after a report.

    Without ``->`` the result has no annotation, whatever the signature says.

    Args:
        definition: a function with a type comment.
        expected: how many parameters it has, without ``self``.
        report: called as ``report(rule, node, **detail)``.
    """
    text = definition.type_comment or ""
    text = text[text.index("# type:") + len("# type:") :].strip()
    parsed = _parse(text)
    if parsed is None:
        report("type-comment-malformed", definition, error=f"`{text}`")
        return None
    arguments, returns = parsed
    if len(arguments) != expected:
        report("type-comment-count", definition, found=str(len(arguments)), expected=str(expected))
        return None
    lowered = [_lower(argument, definition) for argument in arguments]
    return lowered, None if returns is None else _lower(returns, definition)


def _parse(text: str) -> tuple[list[ast.expr], ast.expr | None] | None:
    """``(A, B) -> C`` as expressions."""
    if not text.startswith("("):
        return None
    # A dict of a tuple to the result has the same shape, and Python's parser reads that.
    depth, end = 0, len(text)
    for position, char in enumerate(text, 1):
        depth += char in "([{"
        depth -= char in ")]}"
        if depth == 0:
            end = position
            break
    rest = text[end:].strip()
    try:
        arguments = ast.parse(f"f{text[:end]}", mode="eval").body
        returns = None
        if rest.startswith("->"):
            returns = ast.parse(rest[2:].split("#")[0].strip(), mode="eval").body
    except (SyntaxError, ValueError):
        return None
    if not isinstance(arguments, ast.Call) or arguments.keywords:
        return None
    return arguments.args, returns


def _lower(node: ast.expr, definition: tree.Def) -> tree.Expr:
    for part in walk(node):
        if isinstance(part, ast.expr):
            part.lineno, part.col_offset = definition.line, definition.col
            part.end_lineno, part.end_col_offset = definition.end_line, definition.end_col
    return lower_expression(node)
