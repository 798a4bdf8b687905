"""``PYTHONPATH=tests python -m judge FILE [NAME ...]``: print the compiler's verdict on a file's targets."""

from __future__ import annotations

import sys

from judge import Judge, JudgeError
from judge.fixtures import read

judge = Judge()
args = [arg for arg in sys.argv[1:] if not arg.startswith("-")]
verbose = "-v" in sys.argv
fixture = read(args[0])
for target in fixture.targets:
    if args[1:] and target.name not in args[1:]:
        continue
    try:
        verdict = judge.script(args[0], target.name)
    except JudgeError as error:
        print(f"{target.name}: BROKEN {error}")
        continue
    if verdict.accepted:
        print(f"{target.name}: accepted")
    else:
        print(f"{target.name}: rejected, line {verdict.line}: {verdict.type}: {verdict.headline}")
        if verbose:
            print(verdict.message)
