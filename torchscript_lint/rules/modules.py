"""Rules about modules, classes and their attributes (TS6xx)."""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
