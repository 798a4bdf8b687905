"""What the tracer says of a fixture's targets, for people."""

from __future__ import annotations

import sys

from judge.fixtures import read

from judge_trace import JudgeError, TraceJudge


def main(path: str, *names: str) -> None:
    """Print one paragraph for each target."""
    judge = TraceJudge()
    for name in names or [target.name for target in read(path).targets]:
        print(f"{name}:")
        try:
            trace = judge.trace(path, name)
        except JudgeError as error:
            print(f"  broken: {error}")
            continue
        for warned in trace.warnings:
            print(f"  {warned.file.rpartition('/')[2]}:{warned.line}: {warned.message[:100]}")
        for label in ("raised", "raised_at", "differs", "unsaved"):
            value = getattr(trace, label)
            if value:
                print(f"  {label}: {str(value)[:200]}")


if __name__ == "__main__":
    main(*sys.argv[1:])
