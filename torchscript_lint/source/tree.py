"""The tree: the node kinds TorchScript's own front end lowers Python to.

Mirrors the tree views of ``torch/jit/frontend.py`` (``torch._C._jit_tree_views``). The front end's own
simplifications are kept: an f-string is a call of ``str.format``, a chained comparison is an ``and`` of
comparisons, ``a not in b`` is ``not (a in b)``, a generator expression is a list comprehension.

``line``/``col`` is where the compiler's highlight of the node *starts* (a call starts where its callee starts,
a binary operator where its left operand starts, ...); ``end_line``/``end_col`` is where the source of the node
ends.
Lines are 1-based, columns are 0-based UTF-8 byte offsets, as in :mod:`ast`; findings convert them.
"""

from __future__ import annotations

import ast
from typing import TypeAlias


class Node:
    """A node with the span of its source."""

    __slots__ = ("col", "end_col", "end_line", "line")

    line: int
    col: int
    end_line: int
    end_col: int

    @property
    def span(self) -> tuple[int, int, int, int]:
        """``(line, col, end_line, end_col)``."""
        return (self.line, self.col, self.end_line, self.end_col)


class Expr(Node):
    """An expression."""

    __slots__ = ()


class Stmt(Node):
    """A statement."""

    __slots__ = ()


# --- expressions ---------------------------------------------------------------------------------


class Hole(Expr):
    """What has no tree form. The front end rejected it; the analyses take it as Unknown.

    ``children`` are the sub-expressions that could be lowered, ``binds`` the names it would have bound.
    """

    __slots__ = ("binds", "children")

    def __init__(self, children: tuple[Expr, ...] = (), binds: frozenset[str] = frozenset()) -> None:
        self.children = children
        self.binds = binds


class Var(Expr):
    """A name."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Const(Expr):
    """An int, float or complex literal (never a bool)."""

    __slots__ = ("value",)

    def __init__(self, value: int | float | complex) -> None:
        self.value = value


class Str(Expr):
    """A string literal."""

    __slots__ = ("value",)

    def __init__(self, value: str) -> None:
        self.value = value


class Literal(Expr):
    """``True``, ``False`` or ``None``."""

    __slots__ = ("value",)

    def __init__(self, value: bool | None) -> None:
        self.value = value


class Dots(Expr):
    """``...``."""

    __slots__ = ()


class Keyword(Node):
    """``name=value`` in a call."""

    __slots__ = ("name", "value")

    def __init__(self, name: str, value: Expr) -> None:
        self.name = name
        self.value = value


class Apply(Expr):
    """A call."""

    __slots__ = ("args", "func", "keywords")

    def __init__(self, func: Expr, args: list[Expr], keywords: list[Keyword]) -> None:
        self.func = func
        self.args = args
        self.keywords = keywords


class Select(Expr):
    """``base.name``."""

    __slots__ = ("base", "name")

    def __init__(self, base: Expr, name: str) -> None:
        self.base = base
        self.name = name


class Subscript(Expr):
    """``base[indices]``; a tuple index is spread into several indices."""

    __slots__ = ("base", "indices")

    def __init__(self, base: Expr, indices: list[Expr]) -> None:
        self.base = base
        self.indices = indices


class Slice(Expr):
    """``lower:upper:step`` inside a subscript."""

    __slots__ = ("lower", "step", "upper")

    def __init__(self, lower: Expr | None, upper: Expr | None, step: Expr | None) -> None:
        self.lower = lower
        self.upper = upper
        self.step = step


class BinOp(Expr):
    """``lhs op rhs``: arithmetic, comparison, ``in``, ``is``, ``and``, ``or``."""

    __slots__ = ("lhs", "op", "rhs")

    def __init__(self, op: str, lhs: Expr, rhs: Expr) -> None:
        self.op = op
        self.lhs = lhs
        self.rhs = rhs


class UnaryOp(Expr):
    """``not``, ``-`` or ``~``."""

    __slots__ = ("op", "operand")

    def __init__(self, op: str, operand: Expr) -> None:
        self.op = op
        self.operand = operand


class Ternary(Expr):
    """``body if test else orelse``."""

    __slots__ = ("body", "orelse", "test")

    def __init__(self, test: Expr, body: Expr, orelse: Expr) -> None:
        self.test = test
        self.body = body
        self.orelse = orelse


class ListLit(Expr):
    """``[a, b]``."""

    __slots__ = ("items",)

    def __init__(self, items: list[Expr]) -> None:
        self.items = items


class TupleLit(Expr):
    """``(a, b)``."""

    __slots__ = ("items",)

    def __init__(self, items: list[Expr]) -> None:
        self.items = items


class DictLit(Expr):
    """``{k: v}``."""

    __slots__ = ("keys", "values")

    def __init__(self, keys: list[Expr], values: list[Expr]) -> None:
        self.keys = keys
        self.values = values


class ListComp(Expr):
    """``[elt for target in iter]`` (also a generator expression)."""

    __slots__ = ("elt", "iter", "target")

    def __init__(self, elt: Expr, target: Expr, iter: Expr) -> None:
        self.elt = elt
        self.target = target
        self.iter = iter


class DictComp(Expr):
    """``{key: value for target in iter}``."""

    __slots__ = ("iter", "key", "target", "value")

    def __init__(self, key: Expr, value: Expr, target: Expr, iter: Expr) -> None:
        self.key = key
        self.value = value
        self.target = target
        self.iter = iter


class Starred(Expr):
    """``*value``."""

    __slots__ = ("value",)

    def __init__(self, value: Expr) -> None:
        self.value = value


# --- statements ----------------------------------------------------------------------------------


class HoleStmt(Stmt):
    """A statement without a tree form, already rejected. ``binds`` are names it would have bound."""

    __slots__ = ("binds", "body")

    def __init__(self, binds: frozenset[str] = frozenset(), body: list[Stmt] | None = None) -> None:
        self.binds = binds
        self.body: list[Stmt] = body or []


class ExprStmt(Stmt):
    """An expression as a statement."""

    __slots__ = ("value",)

    def __init__(self, value: Expr) -> None:
        self.value = value


class Assign(Stmt):
    """``t1 = t2 = value`` or ``target: annotation = value``."""

    __slots__ = ("annotation", "targets", "value")

    def __init__(self, targets: list[Expr], value: Expr, annotation: Expr | None = None) -> None:
        self.targets = targets
        self.value = value
        self.annotation = annotation


class AugAssign(Stmt):
    """``target op= value``; ``op`` is without the ``=``."""

    __slots__ = ("op", "target", "value")

    def __init__(self, target: Expr, op: str, value: Expr) -> None:
        self.target = target
        self.op = op
        self.value = value


class Delete(Stmt):
    """``del targets``."""

    __slots__ = ("targets",)

    def __init__(self, targets: list[Expr]) -> None:
        self.targets = targets


class Return(Stmt):
    """``return value``."""

    __slots__ = ("value",)

    def __init__(self, value: Expr | None) -> None:
        self.value = value


class Raise(Stmt):
    """``raise value``."""

    __slots__ = ("value",)

    def __init__(self, value: Expr) -> None:
        self.value = value


class Assert(Stmt):
    """``assert test, msg``."""

    __slots__ = ("msg", "test")

    def __init__(self, test: Expr, msg: Expr | None) -> None:
        self.test = test
        self.msg = msg


class If(Stmt):
    """``if test: body else: orelse``."""

    __slots__ = ("body", "orelse", "test")

    def __init__(self, test: Expr, body: list[Stmt], orelse: list[Stmt]) -> None:
        self.test = test
        self.body = body
        self.orelse = orelse


class While(Stmt):
    """``while test: body``."""

    __slots__ = ("body", "test")

    def __init__(self, test: Expr, body: list[Stmt]) -> None:
        self.test = test
        self.body = body


class For(Stmt):
    """``for target in iter: body``."""

    __slots__ = ("body", "iter", "target")

    def __init__(self, target: Expr, iter: Expr, body: list[Stmt]) -> None:
        self.target = target
        self.iter = iter
        self.body = body


class Pass(Stmt):
    """``pass``."""

    __slots__ = ()


class Break(Stmt):
    """``break``."""

    __slots__ = ()


class Continue(Stmt):
    """``continue``."""

    __slots__ = ()


class WithItem(Node):
    """``context as target``."""

    __slots__ = ("context", "target")

    def __init__(self, context: Expr, target: Expr | None) -> None:
        self.context = context
        self.target = target


class With(Stmt):
    """``with items: body``."""

    __slots__ = ("body", "items")

    def __init__(self, items: list[WithItem], body: list[Stmt]) -> None:
        self.items = items
        self.body = body


# --- definitions ---------------------------------------------------------------------------------


class Param(Node):
    """A parameter. ``kind`` is ``positional``, ``keyword``, ``vararg`` or ``kwarg``."""

    __slots__ = ("annotation", "default", "kind", "name")

    def __init__(self, name: str, annotation: Expr | None, default: ast.expr | None, kind: str) -> None:
        self.name = name
        self.annotation = annotation
        self.default = default
        self.kind = kind


class Def(Node):
    """A function definition, lowered. Its span is the ``def`` keyword's line to the end of the signature."""

    __slots__ = ("body", "name", "params", "rejections", "returns", "type_comment")

    def __init__(
        self,
        name: str,
        params: list[Param],
        returns: Expr | None,
        body: list[Stmt],
        type_comment: str | None,
        rejections: list[Rejection],
    ) -> None:
        self.name = name
        self.params = params
        self.returns = returns
        self.body = body
        self.type_comment = type_comment
        self.rejections = rejections


class Rejection:
    """What the front end rejects: the rule's name, where, and the values of its message.

    ``span`` is ``(line, col, end_line, end_col)``.
    """

    __slots__ = ("detail", "rule", "span")

    def __init__(self, rule: str, span: tuple[int, int, int, int], detail: dict[str, str]) -> None:
        self.rule = rule
        self.span = span
        self.detail = detail


AnyNode: TypeAlias = "Expr | Stmt | Keyword | WithItem | Param | Def"
