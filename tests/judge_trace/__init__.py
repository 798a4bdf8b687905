"""The judge of tracing: the real ``torch.jit.trace`` on one target of a fixture, in a process of its own.

It traces the target on its example inputs with recorded warnings, runs the traced and the eager model on
other inputs, compares what they give, and tries to save what was traced.

From a shell: ``PYTHONPATH=tests python -m judge_trace FILE [NAME ...]``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from judge.client import ForkServer, JudgeError

__all__ = ["JudgeError", "Trace", "TraceJudge", "Warned"]


@dataclass(frozen=True)
class Warned:
    """A ``TracerWarning``: the file and line that Python's frame had, and its text."""

    file: str
    line: int
    message: str


@dataclass(frozen=True)
class Trace:
    """What came of tracing one target.

    Attributes:
        warnings: in the order in which they came, one for each place and text.
        raised: the message of the exception that ended tracing; empty where it went through.
        raised_at: the innermost line of the fixture in its traceback; None where there is none.
        differs: how the traced and the eager model differ on the other inputs; empty where they do not.
        unsaved: the message of the exception that ended saving; empty where it went through.
    """

    warnings: tuple[Warned, ...] = ()
    raised: str = ""
    raised_at: int | None = None
    differs: str = ""
    unsaved: str = ""

    def at(self, path: str | Path, line: int) -> list[str]:
        """The texts of the warnings at a line."""
        return [warned.message for warned in self.warnings if warned.line == line and warned.file == str(path)]

    @property
    def silent_proof(self) -> str:
        """What shows, besides warnings, that the target cannot be traced well."""
        return self.raised or self.differs or self.unsaved


class TraceJudge(ForkServer):
    """A client of the fork server; starts it on first use.

    Args:
        timeout: seconds one target may take.
    """

    def __init__(self, timeout: float = 60.0) -> None:
        super().__init__(Path(__file__).with_name("server.py"), timeout)

    def trace(self, path: str | Path, name: str) -> Trace:
        """Trace one module-level name of a fixture.

        Raises:
            JudgeError: the file does not load, has no such name or no inputs for it, or the eager model
                fails on its example inputs.
        """
        path = os.path.realpath(path)
        answer = self.ask(path, name)
        if answer["outcome"] in ("broken", "died"):
            raise JudgeError(f"{path}: {name}: {answer['message']}")
        answer.pop("outcome")
        warned = tuple(Warned(**warning) for warning in answer.pop("warnings"))
        return Trace(warnings=warned, **answer)
