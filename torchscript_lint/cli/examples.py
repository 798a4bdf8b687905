"""The rules' fixtures, as examples."""

from __future__ import annotations

from pathlib import Path

from torchscript_lint.rules import Rule

_PACKAGE = Path(__file__).resolve().parents[1]


def folder() -> Path | None:
    """Where the fixtures are: inside an installed package, beside the package in a checkout."""
    for path in (_PACKAGE / "_fixtures", _PACKAGE.parent / "fixtures"):
        if path.is_dir():
            return path
    return None


def of(rule: Rule) -> dict[str, str]:
    """File name → text of the rule's fixtures; empty where there are none."""
    base = folder()
    if base is None:
        return {}
    own = base / f"{rule.code}-{rule.name}"
    return {path.relative_to(own).as_posix(): path.read_text(encoding="utf-8") for path in sorted(own.rglob("*.py"))}
