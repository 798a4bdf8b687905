"""What statements and expressions do, by their form alone."""

from __future__ import annotations

import ast

from torchscript_lint.source.walk import walk

#: Methods that give what they were given once it is as they make it.
_MOVES = frozenset(
    {
        "to",
        "cuda",
        "cpu",
        "float",
        "half",
        "double",
        "bfloat16",
        "long",
        "int",
        "type",
        "type_as",
        "contiguous",
        "detach",
    }
)


def changes(node: ast.expr, name: str) -> bool:
    """Whether a new value of an attribute is certainly another one than the old: it is computed from it.

    A move to another device or dtype, or whatever a function does that may do only that, gives the same the
    second time.
    """
    for part in walk(node):
        operands: list[ast.expr] = []
        if isinstance(part, ast.BinOp):
            operands = [part.left, part.right]
        elif isinstance(part, ast.Call) and isinstance(part.func, ast.Attribute):
            torch = isinstance(part.func.value, ast.Name) and part.func.value.id in ("torch", "F")
            method = part.func.attr not in _MOVES
            operands = [*part.args] if torch else [part.func.value] if method else []
            operands += [item for arg in operands if isinstance(arg, (ast.List, ast.Tuple)) for item in arg.elts]
        for operand in operands:
            inner = operand.value if isinstance(operand, ast.Subscript) else operand
            if isinstance(inner, ast.Attribute) and inner.attr == name:
                return True
    return False


def only_speaks(body: list[ast.stmt]) -> bool:
    """Whether a block does nothing that a graph could hold: it raises, or it warns."""
    if only_raises(body):
        return True
    return all(
        isinstance(statement, ast.Pass)
        or (
            isinstance(statement, ast.Expr) and (isinstance(statement.value, ast.Constant) or _is_talk(statement.value))
        )
        for statement in body
    )


def _is_talk(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    return name in ("warn", "warning", "warn_once", "print", "info", "debug", "error", "log")


def only_raises(body: list[ast.stmt]) -> bool:
    """Whether a block does nothing but raise (it may prepare the message)."""
    if not body or not isinstance(body[-1], ast.Raise):
        return False
    return all(isinstance(statement, (ast.Assign, ast.Expr, ast.AnnAssign, ast.Raise)) for statement in body)


def gives_names(node: ast.With) -> bool:
    """Whether a block computes what names stand for, or what is returned."""
    for part in walk(node):
        if isinstance(part, ast.Return):
            return True
        if isinstance(part, ast.Assign) and any(isinstance(target, (ast.Name, ast.Tuple)) for target in part.targets):
            return True
    return False


def literal_int(node: ast.expr | None) -> int | None:
    """The number that an expression spells; None for anything else."""
    if node is None:
        return None
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError):
        return None
    return value if isinstance(value, int) else None
