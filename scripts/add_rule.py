"""Scaffold a rule: ``python scripts/add_rule.py TS149 rule-name``.

Appends an unfinished rule to its family's file in ``torchscript_lint/rules`` and makes its fixture. What is
left to do stands in both as ``TODO``; CONTRIBUTING.md has the steps.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: First digit of the code → file of the family.
FAMILIES = {
    "0": "files", "1": "syntax", "2": "signatures", "3": "values", "4": "calls", "5": "names", "6": "modules",
    "7": "tracing", "8": "tracing",
}  # fmt: skip

RULE = """
RULES += (
    Rule(
        code="{code}",
        name="{name}",
        summary="TODO: what is {verb}, in a few words",
        message="TODO: one line for the place; {{expr}} is what the analysis supplies",
        compiler="TODO: {tool}'s own message, or nothing",
        why="TODO: why, with the torch file and function that say so",
        instead="TODO: what to write instead",{mode}
    ),
)
"""

SCRIPT = '''"""TODO: what these targets have in common."""

import torch
from torch import Tensor


def rejected(x: Tensor) -> Tensor:
    return x  # expect: {code}


def twin(x: Tensor) -> Tensor:
    return x
'''


def main(argv: Sequence[str] | None = None, root: Path = ROOT) -> int:
    """Write the scaffold. 2 where the code or the name cannot be used."""
    parser = argparse.ArgumentParser(prog="python scripts/add_rule.py", description=__doc__)
    parser.add_argument("code", help="TS and three digits; the first one is the family")
    parser.add_argument("name", help="kebab-case, what is rejected or mis-recorded")
    arguments = parser.parse_args(argv)
    code, name = arguments.code, arguments.name
    if not re.fullmatch(r"TS\d{3}", code) or code[2] not in FAMILIES:
        return _refuse(f"{code!r} is no code of a family: TS and three digits, the first one of {', '.join(FAMILIES)}")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", name):
        return _refuse(f"{name!r} is not in kebab-case")
    rules = root / "torchscript_lint" / "rules"
    for path in sorted(rules.glob("*.py")):
        text = path.read_text(encoding="utf-8")
        for taken in (code, name):
            if f'"{taken}"' in text:
                return _refuse(f"{taken} is taken: {path.name}")
    tracing = code[2] in "78"
    family = rules / f"{FAMILIES[code[2]]}.py"
    with family.open("a", encoding="utf-8") as stream:
        stream.write(
            RULE.format(
                code=code,
                name=name,
                verb="mis-recorded" if tracing else "rejected",
                tool="the tracer" if tracing else "the compiler",
                mode='\n        mode="trace",' if tracing else "",
            )
        )
    fixture = root / "fixtures" / f"{code}-{name}" / f"{name.replace('-', '_')}.py"
    fixture.parent.mkdir(parents=True)
    fixture.write_text(SCRIPT.format(code=code), encoding="utf-8")
    print(f"{family.relative_to(root)}: fill in the rule")
    print(f"{fixture.relative_to(root)}: write what must be found, and its near-miss twins")
    print("then emit it from the analysis, run the tests, and `python -m torchscript_lint.cli.docs`")
    return 0


def _refuse(text: str) -> int:
    print(f"add_rule: {text}", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
