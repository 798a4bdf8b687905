# ruff: noqa: SIM905
"""Random valid Python, every node of its syntax tree in every place that takes one, in shapes that get compiled."""

from __future__ import annotations

import ast
import random
import sys
import warnings
from collections.abc import Callable

_NAMES = (
    "x y z n items self torch nn F math np int float list dict str len range zip enumerate isinstance print"
    " Optional List Dict Tuple Tensor Net Point Color helper super hasattr getattr None_ Union Any reveal_type"
).split()
_ATTRIBUTES = (
    "shape size dim relu weight bias forward layers append items keys values T data item to training jit script"
    " functional Module Tensor nn view ndim dtype device RED x n helper children is_scripting annotate"
).split()
_CONSTANTS: tuple[object, ...] = (
    0, 1, -1, 2**70, 1.5, float("inf"), 2j, True, False, None, ..., "text", "", "# type: int", "inp:int", b"bytes",
    "\ud800", "é",
)  # fmt: skip
_BINARY = (
    ast.Add, ast.Sub, ast.Mult, ast.Div, ast.FloorDiv, ast.Mod, ast.Pow, ast.MatMult, ast.BitAnd, ast.BitOr,
    ast.BitXor, ast.LShift, ast.RShift,
)  # fmt: skip
_COMPARE = (
    ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Is, ast.IsNot, ast.In, ast.NotIn,
)  # fmt: skip
_DECORATORS = (
    "torch.jit.script torch.jit.export torch.jit.ignore torch.jit.unused torch.jit._overload property staticmethod"
    " classmethod torch.no_grad() helper helper(x) torch.jit.ignore(1) torch.jit.interface x.setter"
    " torch.jit._overload_method torch.jit._drop functools.lru_cache dataclass torch.autocast('cpu')"
).split()
_BASES = "nn.Module Net object NamedTuple Enum Point Exception BaseModule nn.Linear nn.Sequential unknown.Base".split()
_HEAD = (
    "import torch, math, functools\nfrom torch import nn, Tensor\nimport torch.nn.functional as F\n"
    "from typing import *\nfrom enum import Enum\nfrom dataclasses import dataclass\n"
)


class Generator:
    """Makes one module.

    Args:
        seed: what the module depends on.
        size: how many nodes it may have, roughly.
    """

    def __init__(self, seed: int, size: int = 300) -> None:
        self.random = random.Random(seed)
        self.budget = size

    def module(self) -> str:
        """The source of a module, valid for the running Python."""
        body: list[str] = []
        for _ in range(self.random.randint(2, 4)):
            statement = self.definition(0)
            text = _unparsed(statement)
            if _parses(text):
                body.append(text)
        return _HEAD + "\n".join(body) + "\n"

    def pick(self, *makers: Callable[[], ast.AST]) -> ast.AST:
        """What one of the makers makes."""
        return self.random.choice(makers)()

    def some(self, maker: Callable[[], ast.AST], low: int = 0, high: int = 3) -> list[ast.AST]:
        """A few of what the maker makes."""
        return [maker() for _ in range(self.random.randint(low, high))]

    def maybe(self, maker: Callable[[], ast.AST], share: float = 0.5) -> ast.AST | None:
        """One of what the maker makes, or none."""
        return maker() if self.random.random() < share else None

    # --- definitions -----------------------------------------------------------------------------

    def decorators(self) -> list[ast.AST]:
        """A few decorators."""
        names = [self.random.choice(_DECORATORS) for _ in range(self.random.choice((0, 0, 0, 1, 1, 2)))]
        return [ast.parse(name, mode="eval").body for name in names]

    def definition(self, depth: int) -> ast.AST:
        """A function or a class."""
        return self.pick(lambda: self.function(depth), lambda: self.cls(depth), lambda: self.cls(depth))

    def function(self, depth: int, method: bool = False) -> ast.AST:
        """A function, rarely an async one."""
        names = self.random.sample(["x", "y", "n", "items", "z", "k"], self.random.randint(0, 4))
        if method and self.random.random() < 0.9:
            names.insert(0, "self")
        kind = ast.AsyncFunctionDef if self.random.random() < 0.04 else ast.FunctionDef
        methods = ("forward", "__init__", "helper", "x", "__call__", "__enter__", "_private", "__len__")
        node = kind(
            name=self.random.choice(methods if method else ("helper", "f", "g", "__jit_f", "Net")),
            args=self.arguments(names),
            body=self.suite(depth + 1),
            decorator_list=self.decorators(),
            returns=self.maybe(self.annotation, 0.4),
        )
        if sys.version_info >= (3, 12):
            node.type_params = []
        return node

    def arguments(self, names: list[str]) -> ast.arguments:
        """A signature of these names."""
        made = [ast.arg(name, self.maybe(self.annotation)) for name in names]
        cut = self.random.choice((0, 0, 0, 1))
        defaults = self.some(lambda: self.expr(3), 0, len(names)) if self.random.random() < 0.4 else []
        keywords = [ast.arg("key", self.maybe(self.annotation))] if self.random.random() < 0.15 else []
        return ast.arguments(
            posonlyargs=made[:cut],
            args=made[cut:],
            vararg=self.maybe(lambda: ast.arg("args", None), 0.1),
            kwonlyargs=keywords,
            kw_defaults=[self.maybe(lambda: self.expr(3)) for _ in keywords],
            kwarg=self.maybe(lambda: ast.arg("kwargs", None), 0.1),
            defaults=defaults,
        )

    def cls(self, depth: int) -> ast.AST:
        """A class, most often a module."""
        base = "nn.Module" if self.random.random() < 0.5 else self.random.choice(_BASES)
        body = [self.function(depth + 1, method=True) for _ in range(self.random.randint(1, 3))]
        body += self.some(lambda: self.simple(2), 0, 2)
        node = ast.ClassDef(
            name=self.random.choice(("Net", "Point", "Color", "Block")),
            bases=[ast.parse(base, mode="eval").body],
            keywords=[],
            body=body,
            decorator_list=self.decorators(),
        )
        if sys.version_info >= (3, 12):
            node.type_params = []
        return node

    # --- statements ------------------------------------------------------------------------------

    def suite(self, depth: int) -> list[ast.AST]:
        """A few statements."""
        return self.some(lambda: self.stmt(depth), 1, 4)

    def stmt(self, depth: int) -> ast.AST:
        """Any statement."""
        self.budget -= 1
        if depth > 5 or self.budget < 0 or self.random.random() < 0.5:
            return self.simple(depth)
        return self.pick(
            lambda: ast.If(self.expr(depth), self.suite(depth + 1), self.some(lambda: self.stmt(depth + 1), 0, 2)),
            lambda: ast.While(self.expr(depth), self.suite(depth + 1), self.some(lambda: ast.Pass(), 0, 1)),
            lambda: ast.For(
                self.target(depth), self.expr(depth), self.suite(depth + 1), self.some(lambda: ast.Pass(), 0, 1)
            ),
            lambda: ast.With(
                [ast.withitem(self.expr(depth), self.maybe(lambda: self.target(depth)))], self.suite(depth + 1)
            ),
            lambda: ast.With([ast.withitem(self.ignoring(), None)], self.suite(depth + 1)),
            lambda: ast.Try(self.suite(depth + 1), [self.handler(depth)], [], self.some(lambda: ast.Pass(), 0, 1)),
            lambda: ast.Match(
                self.expr(depth),
                [ast.match_case(ast.MatchAs(None, self.random.choice((None, "y"))), None, self.suite(depth + 1))],
            ),
            lambda: self.function(depth),
            lambda: self.cls(depth),
        )

    def handler(self, depth: int) -> ast.AST:
        """An ``except`` clause."""
        return ast.ExceptHandler(self.maybe(lambda: self.name()), None, self.suite(depth + 1))

    def ignoring(self) -> ast.AST:
        """``torch.jit._IgnoreContextManager(...)``."""
        call = ast.parse("torch.jit._IgnoreContextManager()", mode="eval").body
        call.keywords = [ast.keyword(name, self.constant()) for name in ("x", "y")]
        return call

    def simple(self, depth: int) -> ast.AST:
        """A statement without a suite."""
        expr = lambda: self.expr(depth + 1)  # noqa: E731
        return self.pick(
            lambda: ast.Expr(expr()),
            lambda: ast.Assign([self.target(depth)], expr()),
            lambda: ast.Assign([self.target(depth), self.target(depth)], expr()),
            lambda: ast.AnnAssign(self.place(depth), self.annotation(), self.maybe(expr, 0.8), 0),
            lambda: ast.AugAssign(self.place(depth), self.random.choice(_BINARY)(), expr()),
            lambda: ast.Return(self.maybe(expr, 0.8)),
            lambda: ast.Return(expr()),
            lambda: ast.Raise(self.maybe(expr, 0.8), None),
            lambda: ast.Assert(expr(), self.maybe(expr)),
            lambda: ast.Delete([self.place(depth)]),
            lambda: ast.Pass(),
            lambda: ast.Break(),
            lambda: ast.Continue(),
            lambda: ast.Import([ast.alias("numpy", "np")]),
            lambda: ast.ImportFrom("math", [ast.alias("pi", None)], 0),
            lambda: ast.Global(["y"]),
        )

    def place(self, depth: int) -> ast.AST:
        """What can be assigned, one value."""
        return self.pick(
            lambda: ast.Name(self.random.choice(_NAMES), ast.Store()),
            lambda: ast.Name("x", ast.Store()),
            lambda: ast.Attribute(self.expr(depth + 2), self.random.choice(_ATTRIBUTES), ast.Store()),
            lambda: ast.Attribute(ast.Name("self", ast.Load()), self.random.choice(_ATTRIBUTES), ast.Store()),
            lambda: ast.Subscript(self.expr(depth + 2), self.index(depth + 2), ast.Store()),
        )

    def target(self, depth: int) -> ast.AST:
        """What can be assigned."""
        if depth > 4 or self.random.random() < 0.7:
            return self.place(depth)
        parts = self.some(lambda: self.target(depth + 2), 0, 3)
        if parts and self.random.random() < 0.3:
            parts[0] = ast.Starred(self.place(depth), ast.Store())
        return self.random.choice((ast.Tuple, ast.List))(parts, ast.Store())

    # --- expressions -----------------------------------------------------------------------------

    def name(self) -> ast.AST:
        """A name."""
        return ast.Name(self.random.choice(_NAMES), ast.Load())

    def constant(self) -> ast.AST:
        """A constant."""
        return ast.Constant(self.random.choice(_CONSTANTS))

    def annotation(self) -> ast.AST:
        """An annotation, of whatever kind."""
        texts = (
            "int", "float", "Tensor", "List[int]", "Optional[Tensor]", "Dict[str, int]", "Tuple[int, ...]", "'Net'",
            "Net", "Union[int, str]", "int | None", "list[int]", "Optional", "List", "Color", "Any", "torch.Tensor",
            "'List[int'", "Callable[[int], int]", "Final[int]", "Unknown", "List[List[List[int]]]", "None", "...",
            "[int]", "3", "Tuple[()]", "Point", "np.ndarray", "Future[int]",
        )  # fmt: skip
        if self.random.random() < 0.05:
            return self.expr(3)
        return ast.parse(self.random.choice(texts), mode="eval").body

    def index(self, depth: int) -> ast.AST:
        """What stands between brackets."""
        part = lambda: self.maybe(lambda: self.expr(depth + 1))  # noqa: E731
        return self.pick(
            lambda: self.expr(depth + 1),
            lambda: ast.Slice(part(), part(), part()),
            lambda: ast.Tuple([self.expr(depth + 1), ast.Slice(part(), part(), None)], ast.Load()),
            lambda: ast.Tuple([], ast.Load()),
        )

    def generators(self, depth: int) -> list[ast.AST]:
        """The ``for`` clauses of a comprehension."""
        return self.some(
            lambda: ast.comprehension(
                self.target(depth + 2), self.expr(depth + 1), self.some(lambda: self.expr(depth + 2), 0, 1), 0
            ),
            1, self.random.choice((1, 1, 1, 2)),
        )  # fmt: skip

    def field(self, depth: int) -> ast.AST:
        """A field of an f-string."""
        spec = self.maybe(lambda: ast.JoinedStr([ast.Constant(">3")]), 0.3)
        return ast.FormattedValue(self.expr(depth + 1), self.random.choice((-1, -1, 114, 115)), spec)

    def call(self, depth: int) -> ast.AST:
        """A call."""
        args = self.some(lambda: self.expr(depth + 1), 0, 3)
        if args and self.random.random() < 0.1:
            args[-1] = ast.Starred(args[-1], ast.Load())
        names = self.random.sample(["dim", "x", "n", "key", "dtype"], self.random.choice((0, 0, 0, 1, 2)))
        keywords = [ast.keyword(name, self.expr(depth + 1)) for name in names]
        if self.random.random() < 0.05:
            keywords.append(ast.keyword(None, self.expr(depth + 1)))
        return ast.Call(self.expr(depth + 1), args, keywords)

    def expr(self, depth: int) -> ast.AST:
        """Any expression."""
        self.budget -= 1
        if depth > 6 or self.budget < 0:
            return self.pick(self.name, self.constant)
        deeper = depth + 1
        expr = lambda: self.expr(deeper)  # noqa: E731
        attribute = lambda: ast.Attribute(expr(), self.random.choice(_ATTRIBUTES), ast.Load())  # noqa: E731
        return self.pick(
            self.name, self.name, self.name, self.constant, self.constant,
            attribute, attribute, attribute,
            lambda: self.call(depth), lambda: self.call(depth), lambda: self.call(depth),
            lambda: ast.BinOp(expr(), self.random.choice(_BINARY)(), expr()),
            lambda: ast.UnaryOp(self.random.choice((ast.Not, ast.USub, ast.UAdd, ast.Invert))(), expr()),
            lambda: ast.BoolOp(self.random.choice((ast.And, ast.Or))(), self.some(expr, 2, 3)),
            lambda: ast.Compare(expr(), [self.random.choice(_COMPARE)()], [expr()]),
            lambda: ast.Compare(expr(), [self.random.choice(_COMPARE)(), ast.Lt()], [expr(), expr()]),
            lambda: ast.IfExp(expr(), expr(), expr()),
            lambda: ast.Subscript(expr(), self.index(deeper), ast.Load()),
            lambda: ast.List(self.some(expr), ast.Load()),
            lambda: ast.Tuple(self.some(expr), ast.Load()),
            lambda: ast.Set(self.some(expr, 1, 2)),
            lambda: ast.Dict([self.maybe(expr, 0.8), self.maybe(expr, 0.8)], [expr(), expr()]),
            lambda: ast.ListComp(expr(), self.generators(depth)),
            lambda: ast.SetComp(expr(), self.generators(depth)),
            lambda: ast.GeneratorExp(expr(), self.generators(depth)),
            lambda: ast.DictComp(expr(), expr(), self.generators(depth)),
            lambda: ast.JoinedStr([ast.Constant("a"), self.field(deeper)]),
            lambda: ast.Lambda(self.arguments(["x"]), expr()),
            lambda: ast.NamedExpr(ast.Name("y", ast.Store()), expr()),
            lambda: ast.Yield(self.maybe(expr)),
            lambda: ast.YieldFrom(expr()),
            lambda: ast.Await(expr()),
        )  # fmt: skip


def _unparsed(statement: ast.AST) -> str:
    try:
        return ast.unparse(ast.fix_missing_locations(ast.Module([statement], [])))
    except ValueError:  # before Python 3.12, f-strings that cannot be written down
        return "?"


def _parses(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True
