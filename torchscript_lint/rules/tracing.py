"""Rules about tracing (TS7xx, and the weaker TS8xx)."""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
