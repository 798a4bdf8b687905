"""Rules about files, before anything is compiled (TS0xx)."""

from __future__ import annotations

from torchscript_lint.rules.rule import Rule

RULES: tuple[Rule, ...] = (
    Rule(
        code="TS001",
        name="syntax-error",
        summary="the file is not valid Python",
        message="this file cannot be parsed: {error}",
        compiler="",
        why="TorchScript compiles what Python has parsed; a file that Python cannot read has no targets.",
        instead="fix the syntax error; if the file needs a newer Python, run tslint with that Python",
        proof="none",
    ),
    Rule(
        code="TS002",
        name="internal-error",
        summary="torchscript-lint itself failed on this file",
        message="torchscript-lint failed on this file: {error}",
        compiler="",
        why="A bug in torchscript-lint. The other files are linted all the same.",
        instead="please report it with the file",
        proof="none",
    ),
)
