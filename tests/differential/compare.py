"""What the checker says of functions, beside what the compiler says."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from judge import Judge, Verdict

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

        ``no verdict`` where the compiler crashes or does not come back.
        """
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
    """Ask both about functions that are called ``f0``, ``f1`` and so on.

    Raises:
        SyntaxError: a function is no Python.
    """
    text, starts = HEAD, []
    for function in functions:
        text += "\n\n"
        starts.append(text.count("\n") + 1)
        text += function
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "random_functions.py")
        path.write_text(text, encoding="utf-8")
        found = [f for f in check_source(text, str(path), mode="script", targets="all") if f.severity == "error"]
        results = []
        for number, function in enumerate(functions):
            lines = range(starts[number], starts[number] + function.count("\n"))
            ours = tuple(f for f in found if f.row in lines)
            results.append(Comparison(function, starts[number], ours, judge.script(path, f"f{number}")))
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
