"""What the checker says of functions, beside what the compiler says."""

from __future__ import annotations

import os
import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from judge import Judge, JudgeError, Verdict

from differential import modules
from differential.generator import HEAD, Generator
from torchscript_lint.findings import Finding
from torchscript_lint.lint import check_source


@dataclass(frozen=True)
class Comparison:
    """Both verdicts on one function.

    Attributes:
        text: the function.
        first: the line of the file that it begins at.
        ours: our errors in it, in order of their lines.
        compiler: the compiler's verdict.
    """

    text: str
    first: int
    ours: tuple[Finding, ...]
    compiler: Verdict

    @property
    def kind(self) -> str:
        """``accepted`` and ``rejected`` by both; ``missed``, ``false alarm`` and ``other line`` where they differ.

        ``no verdict`` where the compiler crashes or does not come back, ``not Python`` where Python itself raises
        when the function is defined.
        """
        if self.compiler.type == "broken":
            return "not Python"
        if self.compiler.type == "died":
            return "no verdict"
        if self.compiler.accepted:
            return "false alarm" if self.ours else "accepted"
        if not self.ours:
            return "missed"
        # The compiler stops at its first error; a report without a place (rare) blames the function.
        lines = {finding.row for finding in self.ours}
        return "rejected" if self.compiler.line is None or self.compiler.line in lines else "other line"

    @property
    def agree(self) -> bool:
        """Whether both accept it, or both reject it for the same line."""
        return self.kind not in ("missed", "false alarm", "other line")

    @property
    def same_first(self) -> bool:
        """Whether both reject it, and our first line is the compiler's one."""
        return self.kind == "rejected" and self.compiler.line in (None, self.ours[0].row)

    def __str__(self) -> str:
        """For people: the function, and both verdicts."""
        ours = [f"  ours, line {f.row - self.first + 1}: {f.code} {f.message}" for f in self.ours]
        ours = ours or ["  ours: accepted"]
        theirs = "  compiler: accepted"
        if not self.compiler.accepted:
            line = None if self.compiler.line is None else self.compiler.line - self.first + 1
            words = "\n".join(self.compiler.message.strip().split("\n")[:6])
            theirs = f"  compiler, line {line}: {words}"
        return "\n".join([self.kind, self.text.rstrip(), *ours, theirs])


def compare(functions: Sequence[str], judge: Judge) -> list[Comparison]:
    """Ask both about functions and modules that are called ``f0``, ``f1`` and so on.

    Raises:
        SyntaxError: one is no Python.
    """
    numbers = range(len(functions))
    groups = [[number for number in numbers if functions[number].startswith("def")]]
    # A module has a file to itself: a store to an attribute anywhere in a file may come before it is compiled.
    groups += [[number] for number in numbers if number not in groups[0]]
    results = {}
    for group in groups:
        for number, comparison in zip(group, _compare([functions[n] for n in group], group, judge), strict=True):
            results[number] = comparison
    return [results[number] for number in numbers]


def _compare(functions: Sequence[str], numbers: Sequence[int], judge: Judge) -> list[Comparison]:
    """As :func:`compare`, in one file."""
    text, starts = HEAD, []
    if any(function.startswith("class") for function in functions):
        text += "\n" + modules.BASE
    for function in functions:
        text += "\n\n"
        starts.append(text.count("\n") + 1)
        text += function
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "random_functions.py")
        path.write_text(text, encoding="utf-8")
        found = [f for f in check_source(text, str(path), mode="script", targets="all") if f.severity == "error"]
        results = []
        for number, function, start in zip(numbers, functions, starts, strict=True):
            ours = tuple(f for f in found if start <= f.row < start + function.count("\n"))
            try:
                verdict = judge.script(path, f"f{number}")
                if verdict.file is not None and verdict.file != os.path.realpath(path):
                    verdict = replace(verdict, line=None)  # it is blamed on a file of torch
            except JudgeError as error:  # Python itself refuses an annotation or a default
                verdict = Verdict(False, message=str(error), type="broken")
            results.append(Comparison(function, start, ours, verdict))
    return results


def examples(seed: int, count: int, judge: Judge, batch: int = 20) -> Iterator[Comparison]:
    """The comparisons of ``count`` functions; the same seed makes the same ones."""
    for start in range(0, count, batch):
        numbers = range(start, min(start + batch, count))
        functions = [function(seed, number, f"f{number - start}") for number in numbers]
        yield from compare(functions, judge)


def function(seed: int, number: int, name: str = "f0") -> str:
    """One function of a seed."""
    return Generator(random.Random(f"{seed}:{number}")).function(name)
