"""The judge: asks the real ``torch.jit.script`` about one target, in a process of its own.

A failed compilation poisons its process (``torch._C`` remembers half-compiled classes), so every attempt
runs in a fresh fork of a server that has torch imported already: a verdict costs some ten milliseconds
instead of seconds.

From a shell: ``PYTHONPATH=tests python -m judge FILE [NAME ...]``.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from judge.client import ForkServer, JudgeError
from judge.report import Frame, blamed, frames

__all__ = ["Frame", "Judge", "JudgeError", "Verdict"]


@dataclass(frozen=True)
class Verdict:
    """What the compiler said.

    Attributes:
        accepted: whether the target compiles.
        file, line: the place the error is blamed on, innermost in the file (or its folder) that was
            asked about; None where the compiler names no place.
        message: the whole text of the error.
        type: the class name of the exception; ``"died"`` for a process that did not survive.
    """

    accepted: bool
    file: str | None = None
    line: int | None = None
    message: str = ""
    type: str = ""

    @property
    def headline(self) -> str:
        """The first line of the message."""
        return self.message.strip().split("\n", 1)[0]


class Judge(ForkServer):
    """A client of the fork server; starts it on first use.

    Args:
        timeout: seconds a single compilation may take.
    """

    def __init__(self, timeout: float = 60.0) -> None:
        super().__init__(Path(__file__).with_name("server.py"), timeout)

    def script(self, path: str | Path, name: str, *, save: bool = False) -> Verdict:
        """Hand one module-level name of a file to ``torch.jit.script``, with ``save`` to ``torch.jit.save`` as well.

        A function is handed over as it is, an ``nn.Module`` class as an instance made without arguments,
        any other class as the class. Where its own definition already raises (``@torch.jit.script`` above
        it), that is the verdict.

        With ``save`` the verdict is that of saving what was compiled.

        Raises:
            JudgeError: the file cannot be imported, has no such name, or the module cannot be instantiated; with
                ``save``, it does not compile.
        """
        path = os.path.realpath(path)
        answer = self.ask(path, name, save=save)
        kind = answer["outcome"]
        if kind == "broken":
            raise JudgeError(f"{path}: {name}: {answer['type']}: {answer['message']}")
        if kind == "accept":
            return Verdict(True)
        if kind == "died":
            return Verdict(False, None, None, f"process died: {answer['message']}", "died")
        place = blamed(answer["message"], path)
        file, line = (place.file, place.line) if place else (None, None)
        return Verdict(False, file, line, answer["message"], answer["type"])


def explain(text: str) -> list[Frame]:
    """All places a report names, in its order (for people)."""
    return frames(text)
