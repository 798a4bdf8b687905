"""Rules about types of values, variables, branches and returns (TS3xx)."""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
