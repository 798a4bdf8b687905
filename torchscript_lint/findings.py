"""A finding is plain data; renderers are pure functions of it."""

from __future__ import annotations

from collections.abc import Iterable
from operator import attrgetter

from torchscript_lint.plain import dataclass
from torchscript_lint.rules import Rule


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that ``torch.jit.script`` would reject or ``torch.jit.trace`` would mis-record.

    Attributes:
        path: the file as it was given.
        row, column, end_row, end_column: 1-based, in characters; the end is exclusive.
        code, name: the rule's.
        message: one line, the types involved in TorchScript's own spelling, and what to do.
        severity: ``error`` (fails whenever this code is compiled) or ``warning`` (in some configuration).
        mode: ``script`` or ``trace``.
        compiler: the compiler's own words, so that a user can search for them; may be empty.
        instead: what to write instead.
        target: qualified name of the function the line is in.
        chain: qualified names from the entry point to the target.
        entries: other entry points that lead to the same place, sorted: subclasses that inherit the method.
    """

    path: str
    row: int
    column: int
    end_row: int
    end_column: int
    code: str
    name: str
    message: str
    severity: str
    mode: str
    compiler: str = ""
    instead: str = ""
    target: str = ""
    chain: tuple[str, ...] = ()
    entries: tuple[str, ...] = ()


def make(
    rule: Rule,
    path: str,
    span: tuple[int, int, int, int],
    detail: dict[str, str],
    *,
    severity: str | None = None,
    target: str = "",
    chain: tuple[str, ...] = (),
) -> Finding:
    """Let the rule book speak: fill the rule's templates with the details of one place.

    Args:
        rule: the rule that fired.
        path: the file.
        span: ``(row, column, end_row, end_column)``, 1-based, in characters, end exclusive.
        detail: the values of the rule's templates.
        severity: overrides the rule's own.
        target: qualified name of the function the line is in.
        chain: qualified names from the entry point to the target.

    Raises:
        KeyError: a template names a value that ``detail`` lacks.
    """
    row, column, end_row, end_column = span
    return Finding(
        path, row, column, end_row, end_column, rule.code, rule.name,
        rule.message.format_map(detail), severity or rule.severity, rule.mode,
        rule.compiler.format_map(detail), rule.instead.format_map(detail), target, chain,
    )  # fmt: skip


_fields = attrgetter(*Finding.__dataclass_fields__)


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """The findings, sorted as they compare; faster than comparing them."""
    return sorted(findings, key=_fields)
