"""Random typed functions, and wrong ones."""

from __future__ import annotations

import random
from collections.abc import Sequence

from differential.tables import ATOMS, COMPOUND, EFFECTS, HOLE, LOOPS, TYPES, UPDATES

#: Above the functions of a file.
HEAD = """import math
import warnings
from typing import Dict, List, Optional, Tuple

import torch
import torch.nn.functional as F
from torch import Tensor


def _doc() -> None: ...


def helper(x: Tensor, n: int = 1) -> Tensor:
    return x + n


def maybe(x: Tensor, n: Optional[int]) -> Tensor:
    if n is None:
        return x
    return x * n
"""

#: How many mistakes a function gets at most.
_MISTAKES = (0, 0, 1, 1, 1, 2)


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

    def function(self, name: str) -> str:
        """The source of a function of that name."""
        self.mistakes = self.choice(_MISTAKES)
        scope: dict[str, str] = {}
        parameters = []
        for number in range(self.random.randint(1, 4)):
            kind = "Tensor" if number == 0 else self.choice(TYPES)
            scope[f"p{number}"] = kind
            written = self.choice(TYPES) if self.mistake(0.03) else kind
            parameters.append(f"p{number}" if self.mistake(0.03) else f"p{number}: {written}")
        self.result = self.choice(TYPES)
        declared = self.choice(TYPES) if self.mistake(0.05) else self.result
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
            kind = self.choice(TYPES)
        names = [name for name, its in scope.items() if its == kind]
        if names and (depth == 0 or self.chance(0.55)):
            name = self.choice(names)
            return name[:-1] + "x" if self.mistake(0.02) else name
        if depth == 0 or kind not in COMPOUND or self.chance(0.15):
            atom = self.choice(ATOMS[kind]) if kind in ATOMS else "(1, 2)"
            return f"({atom})" if atom[0] in "-0123456789" else atom  # 1.shape is no Python
        text = self.fill(self.choice(COMPOUND[kind]), scope, depth - 1)
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
        names = [name for name, its in scope.items() if its == kind]
        if names and self.chance(0.4):
            return self.choice(names)
        if scope and self.mistake(0.1):
            return self.choice(list(scope))
        self.fresh += 1
        return f"v{self.fresh}"

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
        if indent > 3 and make in (self.branch, self.refinement, self.loop):
            make = self.plain
        return bool(make(scope, indent, loop))

    def plain(self, scope: dict[str, str], indent: int, loop: bool) -> None:
        kind = self.choice(TYPES)
        self.assign(scope, indent, self.name(scope, kind), kind)

    def update(self, scope: dict[str, str], indent: int, loop: bool) -> None:
        name = self.choice(list(scope))
        other = self.choice(TYPES) if self.mistake(0.15) else scope[name]
        self.line(indent, self.fill(self.choice(UPDATES[other]).replace("$", name), scope))

    def effect(self, scope: dict[str, str], indent: int, loop: bool) -> None:
        self.line(indent, self.fill(self.choice(EFFECTS), scope))

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
        kind = self.choice(("bool", "bool", "bool", "int", "Tensor")) if not self.mistake(0.1) else self.choice(TYPES)
        self.line(indent, f"if {self.expression(kind, scope)}:")
        both = self.chance(0.5)
        shared, shared_kind = "", self.choice(TYPES)
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
        names = [name for name, its in scope.items() if its.startswith("Optional")]
        if not names:
            return self.plain(scope, indent, loop)
        name = self.choice(names)
        whole = scope[name]
        inner = whole[len("Optional[") : -1]
        form = self.choice(("early", "else", "then", "assert", "isinstance", "default", "and", "or"))
        known = {**scope, name: inner}
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
            test = {"List[int]": "list"}.get(inner, inner)
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

    def loop(self, scope: dict[str, str], indent: int, loop: bool) -> None:
        """A loop, whose new variables are gone after it."""
        inside = dict(scope)
        if self.chance(0.3):
            self.line(indent, f"while {self.expression('bool', scope)}:")
        else:
            iterable, kinds = self.choice(LOOPS)
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
            kind = self.choice(TYPES) if self.mistake(0.1) else self.result
            form = "return" if self.mistake(0.05) else f"return {self.expression(kind, scope)}"
        elif form == "raise":
            error = self.choice(("ValueError", "RuntimeError", "NotImplementedError", "AssertionError"))
            form = self.choice((f"{error}({self.expression('str', scope)})", error, f"{error}()"))
            form = f"raise {form}"
        self.line(indent, form)
        return True
