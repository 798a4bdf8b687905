"""Rules about what the front end has no tree form for (TS1xx)."""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
