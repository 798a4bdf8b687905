"""The rule book is consistent with itself."""

from __future__ import annotations

import re
import string

import pytest

from torchscript_lint.rules import ALL, BY_CODE, BY_NAME, Rule, find


def fields(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_codes_and_names_are_unique() -> None:
    assert len(BY_CODE) == len(BY_NAME) == len(ALL)


def test_find() -> None:
    rule = ALL[0]
    assert find(rule.code.lower()) is rule
    assert find(rule.name.upper()) is rule
    assert find("TS999") is None


@pytest.mark.parametrize("rule", ALL, ids=lambda rule: rule.code)
class TestRule:
    def test_shape(self, rule: Rule) -> None:
        assert re.fullmatch(r"TS\d{3}", rule.code)
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", rule.name)
        assert rule.severity in ("error", "warning")
        assert rule.mode in ("script", "trace")
        assert rule.proof in ("compiler", "save", "none")
        assert (rule.mode == "trace") == (rule.code[2] in "78")

    def test_says_everything(self, rule: Rule) -> None:
        for text in (rule.summary, rule.message, rule.why, rule.instead):
            assert text.strip() == text != ""
        assert "\n" not in rule.message + rule.summary + rule.instead
        assert not rule.message.endswith(".")
        assert not rule.summary.endswith(".")

    def test_templates_parse(self, rule: Rule) -> None:
        for text in (rule.message, rule.compiler, rule.instead):
            for field in fields(text):
                assert field.isidentifier()
