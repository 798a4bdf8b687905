"""The judge of tracing: the real ``torch.jit.trace`` on one target of a fixture, in a process of its own.

It traces the target on its example inputs with recorded warnings, runs the traced and the eager model on
other inputs, compares what they give, and tries to save what was traced.

From a shell: ``PYTHONPATH=tests python -m judge_trace FILE [NAME ...]``.
"""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judge import JudgeError

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


class TraceJudge:
    """A client of the fork server; starts it on first use.

    Args:
        timeout: seconds one target may take.
    """

    def __init__(self, timeout: float = 60.0) -> None:
        self.timeout = timeout
        self._server: subprocess.Popen[str] | None = None

    def trace(self, path: str | Path, name: str) -> Trace:
        """Trace one module-level name of a fixture.

        Raises:
            JudgeError: the file does not load, has no such name or no inputs for it, or the eager model
                fails on its example inputs.
        """
        path = os.path.realpath(path)
        answer = self._ask({"path": path, "name": name, "timeout": self.timeout})
        if answer["outcome"] in ("broken", "died"):
            raise JudgeError(f"{path}: {name}: {answer['message']}")
        answer.pop("outcome")
        warned = tuple(Warned(**warning) for warning in answer.pop("warnings"))
        return Trace(warnings=warned, **answer)

    def close(self) -> None:
        """Stop the server."""
        if self._server is not None:
            assert self._server.stdin is not None
            self._server.stdin.close()
            self._server.wait(10)
            self._server = None

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        if self._server is None or self._server.poll() is not None:
            server = str(Path(__file__).with_name("server.py"))
            self._server = subprocess.Popen(
                [sys.executable, server], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            atexit.register(self.close)
        assert self._server.stdin is not None and self._server.stdout is not None
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        line = self._server.stdout.readline()
        if not line:
            raise JudgeError("the fork server is gone")
        answer: dict[str, Any] = json.loads(line)
        return answer
