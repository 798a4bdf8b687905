"""Random typed functions, and wrong ones."""

from __future__ import annotations

import random
import textwrap
from collections.abc import Sequence

from differential import modules, refused, richer, tables
from differential.mutate import is_python, mutated, spread
from differential.tables import HOLE

#: Above the functions of a file. Python finds everything in it; the compiler may refuse some of it.
HEAD = """import math
import typing
import warnings
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any, Callable, Dict, Final, List, NamedTuple, Optional, Set, Tuple, Union

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

LIMIT = 3
NAMES = ["a", "b"]
Undefined = None


class Color(Enum):
    RED = 1
    GREEN = 2


class Point(NamedTuple):
    x: int
    y: Tensor
    label: str = "p"


class Box:
    def __init__(self, n: int, t: Tensor):
        self.n = n
        self.t = t
        self.limit: Optional[float] = None
        self.extra: Optional[Tensor] = None

    def scaled(self, k: float) -> Tensor:
        return self.t * k

    def grown(self, by: int = 1):
        return Box(self.n + by, self.t)

    def check(self) -> None:
        assert self.n > 0

    @property
    def twice(self) -> int:
        return 2 * self.n

    @staticmethod
    def default() -> int:
        return 3

    def __add__(self, other: "Box") -> "Box":
        return Box(self.n + other.n, self.t + other.t)

    def __getitem__(self, i: int) -> Tensor:
        return self.t[i]

    def __len__(self) -> int:
        return self.n

    def __lt__(self, other: "Box") -> bool:
        return self.n < other.n


def _doc() -> None: ...


def helper(x: Tensor, n: int = 1) -> Tensor:
    return x + n


def maybe(x: Tensor, n: Optional[int]) -> Tensor:
    if n is None:
        return x
    return x * n


def plain(x, y):
    return x + y


def pair(x: Tensor):
    return x.size(0), x


def either(x: Union[int, str]) -> Union[int, str]:
    return x


def either_tensor(x: Tensor, y: Optional[Tensor] = None):
    return x if y is None else y


def count(x: Any) -> int:
    return 1


def where(x: Tensor) -> torch.device:
    return x.device


def moved(p: Point, by: int = 1) -> Point:
    return Point(p.x + by, p.y, p.label)


def paint(c: Color, n: int = 0):
    if n > 0:
        return Color.RED
    return c


def boxed(x: Tensor):
    return Box(1, x)


def defaulted(x: Tensor, n: int = 2, flag: bool = False, names: Optional[List[str]] = None, rate: float = 0.5):
    if flag and names is not None:
        n += len(names)
    return x * n * rate


def total(xs: List[int], start: int = 0) -> int:
    for x in xs:
        if x < 0:
            break
        start += x
    return start


@torch.jit.ignore
def noted(x: Tensor, n: int = 1) -> int:
    return n


class Scope:
    def __init__(self, n: int):
        self.n = n

    def __enter__(self) -> int:
        return self.n

    def __exit__(self, type: Any, value: Any, tb: Any) -> None:
        self.n += 1
"""

ATOMS = {**tables.ATOMS, **richer.ATOMS}
TYPES = tuple(ATOMS)
EFFECTS = tables.EFFECTS + richer.EFFECTS
LOOPS = tables.LOOPS + richer.LOOPS


def _both(first: dict[str, tuple[str, ...]], second: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {kind: first.get(kind, ()) + second.get(kind, ()) for kind in {**first, **second}}


COMPOUND = _both(tables.COMPOUND, richer.COMPOUND)
UPDATES = _both(tables.UPDATES, richer.UPDATES)

#: How many functions of all are the ``forward`` of a module.
_MODULES = 0.3

#: How many mistakes a function gets at most.
_MISTAKES = (0, 0, 0, 1, 1, 2)

#: How many changes a finished function gets.
_CHANGES = (0, 0, 0, 0, 1, 1, 1, 2)


def in_module(function: str, name: str) -> str:
    """The class of a module that has this function as a method."""
    return f"class {name}(Base):\n{textwrap.indent(function, '    ')}"


class Generator:
    """Makes one function.

    Args:
        source: every choice is its: the same choices make the same function.
        size: how many statements it may have.
    """

    def __init__(self, source: random.Random, size: int = 7) -> None:
        self.random = source
        self.budget = size
        self.mistakes = 0
        self.lines: list[str] = []
        self.fresh = 0
        self.module = False
        #: The types that this function mostly has to do with.
        self.types = [self.choice(TYPES) for _ in range(5)] + ["Tensor", "int"]

    def function(self, name: str) -> str:
        """The source of a function or module of that name, maybe changed afterwards, maybe laid out on more lines."""
        self.module = self.chance(_MODULES)
        text = self.typed("forward" if self.module else name)
        if not is_python(text):  # a return or a star where none can be
            return f"def {name}(p0: Tensor) -> Tensor:\n    return p0\n"
        for _ in range(self.choice(_CHANGES)):
            text = mutated(text, self.random)
        if self.chance(0.4):
            text = spread(text, self.random)
        return in_module(text, name) if self.module else text

    def typed(self, name: str) -> str:
        """A function whose types mostly fit."""
        self.mistakes = self.choice(_MISTAKES)
        scope: dict[str, str] = {}
        parameters = ["self"] if self.module else []
        defaults = False
        for number in range(self.random.randint(1, 4)):
            kind = "Tensor" if number == 0 else self.kind()
            scope[f"p{number}"] = kind
            written = self.kind() if self.mistake(0.03) else kind
            text = f"p{number}" if self.mistake(0.03) else f"p{number}: {written}"
            if defaults or (number and self.chance(0.1)):
                defaults = True
                text += f" = {self.choice(ATOMS[kind])}"
            parameters.append(text)
        if self.module:
            scope.update(modules.ATTRIBUTES)
        self.result = self.kind()
        declared = self.kind() if self.mistake(0.05) else self.result
        arrow = "" if self.chance(0.15) else f" -> {declared}"
        self.lines = [f"def {name}({', '.join(parameters)}){arrow}:"]
        if not self.block(scope, 1, loop=False) and not self.mistake(0.3):
            self.line(1, f"return {self.expression(self.result, scope)}")
        return "\n".join(self.lines) + "\n"

    # --- choices ---------------------------------------------------------------------------------

    def chance(self, probability: float) -> bool:
        return self.random.randint(0, 999) >= 1000 - probability * 1000

    def choice(self, options: Sequence):
        return options[self.random.randint(0, len(options) - 1)]

    def kind(self) -> str:
        """A type: mostly one of those that the function has to do with."""
        return self.choice(TYPES if self.chance(0.25) else self.types)

    def mistake(self, probability: float) -> bool:
        """Whether to make a mistake here."""
        if self.mistakes and self.chance(probability):
            self.mistakes -= 1
            return True
        return False

    # --- expressions -----------------------------------------------------------------------------

    def expression(self, kind: str, scope: dict[str, str], depth: int = 2) -> str:
        """An expression of a type, or, by mistake, of another."""
        if self.mistake(0.04):
            kind = self.kind()
        names = [name for name, its in scope.items() if its == kind]
        if names and (depth == 0 or self.chance(0.55)):
            name = self.choice(names)
            return name[:-1] + "x" if self.mistake(0.02) else name
        if depth == 0 or kind not in COMPOUND or self.chance(0.15):
            atom = self.choice(ATOMS[kind]) if kind in ATOMS else "(1, 2)"
            return f"({atom})" if atom[0] in "-0123456789" else atom  # 1.shape is no Python
        options = COMPOUND[kind]
        if self.module and kind in modules.COMPOUND and self.chance(0.3):
            options = modules.COMPOUND[kind]
        if kind in refused.COMPOUND and self.mistake(0.1):
            options = refused.COMPOUND[kind]
        text = self.fill(self.choice(options), scope, depth - 1)
        return f"({text})"

    def fill(self, template: str, scope: dict[str, str], depth: int = 2) -> str:
        """A template with expressions in its holes."""
        quoted = "f'" in template
        return HOLE.sub(lambda hole: self._hole(hole[1], scope, depth, quoted), template)

    def _hole(self, kind: str, scope: dict[str, str], depth: int, quoted: bool) -> str:
        text = self.expression(kind, scope, depth)
        if quoted and any(character in text for character in "'{}\\\""):
            # Before Python 3.12 an f-string's quotes cannot be nested.
            names = [name for name, its in scope.items() if its == kind]
            return names[0] if names else "1"
        return text

    # --- statements ------------------------------------------------------------------------------

    def line(self, indent: int, text: str) -> None:
        self.lines.append("    " * indent + text)

    def block(self, scope: dict[str, str], indent: int, *, loop: bool) -> bool:
        """Some statements, at least one; whether control never gets past them."""
        before = len(self.lines)
        for _ in range(self.random.randint(1, 3 if indent > 1 else 5)):
            if self.budget <= 0:
                break
            self.budget -= 1
            if self.statement(scope, indent, loop):
                return True
        if len(self.lines) == before:
            self.line(indent, "pass")
        return False

    def name(self, scope: dict[str, str], kind: str) -> str:
        """A name to store a value of a type in: mostly one that has it, or a new one."""
        names = [name for name in self.stored(scope) if scope[name] == kind]
        if names and self.chance(0.4):
            return self.choice(names)
        if scope and self.mistake(0.1):
            return self.choice(self.stored(scope))
        self.fresh += 1
        return f"v{self.fresh}"

    def stored(self, scope: dict[str, str]) -> list[str]:
        """The names that may be assigned to.

        Not the attributes of submodules: a store to one may as well happen before the module is compiled, so that the
        source does not tell what is there.
        """
        return [name for name in scope if name.count(".") < 2]

    def assign(self, scope: dict[str, str], indent: int, name: str, kind: str) -> None:
        """An assignment."""
        value = self.expression(kind, scope)
        new = name not in scope
        annotated = new and (kind.startswith("Optional") or self.chance(0.1))
        if self.mistake(0.05):
            annotated = not annotated
        self.line(indent, f"{name}: {kind} = {value}" if annotated else f"{name} = {value}")
        if new:
            scope[name] = kind

    def statement(self, scope: dict[str, str], indent: int, loop: bool) -> bool:
        """One statement; whether control never gets past it."""
        make = self.choice(
            (self.plain, self.plain, self.plain, self.update, self.update, self.effect, self.branch, self.branch,
             self.refinement, self.refinement, self.loop, self.loop, self.unpack, self.exit)
        )  # fmt: skip
        if self.mistake(0.15):
            make = self.strange
        if indent > 3 and make in (self.branch, self.refinement, self.loop):
            make = self.plain
        return bool(make(scope, indent, loop))

    def plain(self, scope: dict[str, str], indent: int, loop: bool) -> None:
        kind = self.kind()
        self.assign(scope, indent, self.name(scope, kind), kind)

    def update(self, scope: dict[str, str], indent: int, loop: bool) -> None:
        name = self.choice(self.stored(scope))
        other = self.kind() if self.mistake(0.15) else scope[name]
        options = UPDATES[other]
        if other in refused.UPDATES and self.mistake(0.2):
            options = refused.UPDATES[other]
        self.line(indent, self.fill(self.choice(options).replace("$", name), scope))

    def effect(self, scope: dict[str, str], indent: int, loop: bool) -> None:
        options = modules.EFFECTS if self.module and self.chance(0.7) else EFFECTS
        if self.mistake(0.2):
            options = refused.EFFECTS
        self.lines_of(indent, self.choice(options), scope)

    def lines_of(self, indent: int, template: str, scope: dict[str, str]) -> None:
        for line in self.fill(template, scope).split("\n"):
            self.line(indent, line)

    def strange(self, scope: dict[str, str], indent: int, loop: bool) -> None:
        """Something that is no TorchScript, or only sometimes."""
        self.lines_of(indent, self.choice(modules.STRANGE if self.module else richer.STRANGE), scope)

    def unpack(self, scope: dict[str, str], indent: int, loop: bool) -> None:
        kind, parts = self.choice(
            (
                ("Tuple[int, Tensor]", ("int", "Tensor")),
                ("Tuple[int, str]", ("int", "str")),
                ("List[int]", ("int", "int")),
            )
        )
        names = [self.name(scope, part) for part in parts]
        if self.mistake(0.2):
            names.append("extra")
        star = "*" if self.mistake(0.1) else ""
        self.line(indent, f"{', '.join(names[:-1])}, {star}{names[-1]} = {self.expression(kind, scope)}")
        for name, part in zip(names, parts):  # noqa: B905 - a mistake has one more
            scope.setdefault(name, part)

    def branch(self, scope: dict[str, str], indent: int, loop: bool) -> bool:
        """if/elif/else, of which both sides may give a new variable its value."""
        kind = self.choice(("bool", "bool", "bool", "int", "Tensor")) if not self.mistake(0.1) else self.kind()
        self.line(indent, f"if {self.expression(kind, scope)}:")
        both = self.chance(0.5)
        shared, shared_kind = "", self.kind()
        if both:
            self.fresh += 1
            shared = f"v{self.fresh}"
        left = dict(scope)
        ends = [self.block(left, indent + 1, loop=loop)]
        if both and not ends[0]:
            self.assign(left, indent + 1, shared, shared_kind)
        sides = [left]
        if self.chance(0.15):
            side = dict(scope)
            self.line(indent, f"elif {self.expression('bool', scope)}:")
            ends.append(self.block(side, indent + 1, loop=loop))
            if both and not ends[-1]:
                self.assign(side, indent + 1, shared, shared_kind)
            sides.append(side)
        if both or self.chance(0.4):
            right = dict(scope)
            self.line(indent, "else:")
            ends.append(self.block(right, indent + 1, loop=loop))
            if both and not ends[-1] and not self.mistake(0.3):
                self.assign(right, indent + 1, shared, shared_kind)
            sides.append(right)
        else:
            ends.append(False)
        if both and not all(ends):
            scope[shared] = shared_kind
        elif self.mistake(0.1):
            scope.update(self.choice(sides))  # names of one side only
        return all(ends)

    def refinement(self, scope: dict[str, str], indent: int, loop: bool) -> None:
        """What is known of an Optional after a test."""
        names = [name for name, its in scope.items() if its.startswith(("Optional", "Union", "Any"))]
        names = [name for name in names if name in self.stored(scope)]
        if not names:
            return self.plain(scope, indent, loop)
        name = self.choice(names)
        whole = scope[name]
        inner = whole[len("Optional[") : -1]
        if not whole.startswith("Optional"):
            inner = self.choice(
                ("int", "str") if whole != "Union[Tensor, List[Tensor], None]" else ("Tensor", "List[Tensor]")
            )
        form = self.choice(("early", "else", "then", "assert", "isinstance", "default", "and", "or"))
        known = {**scope, name: inner}
        if not whole.startswith("Optional"):
            return self.alternatives(scope, indent, loop, name, inner)
        if form == "early":
            self.line(indent, f"if {name} is None:")
            if self.mistake(0.15):
                self.line(indent + 1, "pass")
            else:
                self.exit(scope, indent + 1, loop)
            scope[name] = inner
        elif form == "else":
            self.line(indent, f"if {name} is None:")
            self.block(dict(scope), indent + 1, loop=loop)
            self.line(indent, "else:")
            self.block(known, indent + 1, loop=loop)
        elif form == "then":
            self.line(indent, f"if {name} is not None:")
            self.block(known, indent + 1, loop=loop)
        elif form == "assert":
            self.line(indent, f"assert {name} is not None")
            scope[name] = inner
        elif form == "isinstance":
            test = {"List[int]": "list", "Tuple[int, str]": "tuple"}.get(inner, inner)
            self.line(indent, f"if isinstance({name}, {test}):")
            self.block(known, indent + 1, loop=loop)
        elif form == "default":
            self.line(indent, f"if {name} is None:")
            self.line(indent + 1, f"{name} = {self.expression(inner, scope)}")
            scope[name] = inner
        elif form == "and":
            self.line(indent, f"if {name} is not None and {self.expression('bool', known)}:")
            self.block(known, indent + 1, loop=loop)
        else:
            self.line(indent, f"if {name} is None or {self.expression('bool', known)}:")
            self.exit(scope, indent + 1, loop)
            scope[name] = inner
        return None

    def alternatives(self, scope: dict[str, str], indent: int, loop: bool, name: str, inner: str) -> None:
        """What is known of a Union or Any after a test."""
        test = f"isinstance({name}, {inner.split('[')[0].replace('List', 'list')})"
        known = {**scope, name: inner}
        form = self.choice(("then", "both", "assert", "early", "and", "or"))
        if form == "assert":
            self.line(indent, f"assert {test}")
            scope[name] = inner
        elif form == "early":
            self.line(indent, f"if not {test}:")
            self.exit(scope, indent + 1, loop)
            scope[name] = inner
        elif form == "or":
            self.line(indent, f"if not {test} or {self.expression('bool', known)}:")
            self.exit(scope, indent + 1, loop)
            scope[name] = inner
        else:
            also = f" and {self.expression('bool', known)}" if form == "and" else ""
            self.line(indent, f"if {test}{also}:")
            self.block(known, indent + 1, loop=loop)
            if form == "both":
                other = {"int": "str", "str": "int"}.get(inner) if scope[name].startswith("Union[int") else None
                self.line(indent, "else:")
                self.block({**scope, name: other or scope[name]}, indent + 1, loop=loop)

    def loop(self, scope: dict[str, str], indent: int, loop: bool) -> None:
        """A loop, whose new variables are gone after it."""
        inside = dict(scope)
        if self.chance(0.3):
            self.line(indent, f"while {self.expression('bool', scope)}:")
        else:
            iterable, kinds = self.choice(refused.LOOPS if self.mistake(0.1) else LOOPS)
            names = []
            for kind in kinds:
                self.fresh += 1
                names.append(f"v{self.fresh}")
                inside[names[-1]] = kind
            if self.mistake(0.1):
                names.append("extra")
            self.line(indent, f"for {', '.join(names)} in {self.fill(iterable, scope)}:")
        self.block(inside, indent + 1, loop=True)
        if self.mistake(0.15):
            scope.update(inside)

    def exit(self, scope: dict[str, str], indent: int, loop: bool) -> bool:
        """return, raise, break or continue."""
        forms = ["return", "return", "raise"] + (["break", "continue", "break", "continue"] if loop else [])
        form = self.choice(forms)
        if indent == 1 and form != "raise":
            form = "return"
        if form == "return":
            kind = self.kind() if self.mistake(0.1) else self.result
            form = "return" if self.mistake(0.05) else f"return {self.expression(kind, scope)}"
        elif form == "raise":
            error = self.choice(("ValueError", "RuntimeError", "NotImplementedError", "AssertionError"))
            form = self.choice((f"{error}({self.expression('str', scope)})", error, f"{error}()"))
            form = f"raise {form}"
        self.line(indent, form)
        return True
