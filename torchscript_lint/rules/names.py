"""Rules about names, Python values and builtins (TS5xx)."""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
