"""Floor 1: the rule book. Every rule once; everything that names a rule is derived from here.

To add a rule: append one :class:`Rule` to the family's file, add ``fixtures/<CODE>-<name>/*.py``, and emit it by
name from the analysis that knows. ``CONTRIBUTING.md`` has the steps.
"""

from __future__ import annotations

from torchscript_lint.rules import (
    annotating,
    calls,
    classes,
    containers,
    files,
    modules,
    names,
    signatures,
    syntax,
    traces,
    tracing,
    values,
)
from torchscript_lint.rules.rule import Rule

__all__ = ["ALL", "BY_CODE", "BY_NAME", "Rule", "find"]

ALL: tuple[Rule, ...] = tuple(
    sorted(
        (
            *files.RULES,
            *syntax.RULES,
            *signatures.RULES,
            *annotating.RULES,
            *values.RULES,
            *containers.RULES,
            *calls.RULES,
            *names.RULES,
            *classes.RULES,
            *modules.RULES,
            *tracing.RULES,
            *traces.RULES,
        ),
        key=lambda rule: rule.code,
    )
)
BY_CODE: dict[str, Rule] = {rule.code: rule for rule in ALL}
BY_NAME: dict[str, Rule] = {rule.name: rule for rule in ALL}


def find(code_or_name: str) -> Rule | None:
    """The rule with this code (any case) or name, or None."""
    return BY_CODE.get(code_or_name.upper()) or BY_NAME.get(code_or_name.lower())
