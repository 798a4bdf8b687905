"""Rules about signatures and annotations (TS2xx)."""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule

RULES: tuple[Rule, ...] = ()
