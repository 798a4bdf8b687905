"""The client's end of a fork server: a process that has torch imported, asked in lines of JSON."""

from __future__ import annotations

import atexit
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any


class JudgeError(Exception):
    """The judge could not ask torch: the file does not load, or it has no such target."""


class ForkServer:
    """Starts its server on first use.

    Args:
        server: the server's script.
        timeout: seconds one target may take.
    """

    def __init__(self, server: Path, timeout: float) -> None:
        self._script = str(server)
        self.timeout = timeout
        self._server: subprocess.Popen[str] | None = None

    def ask(self, path: str | Path, name: str, **more: object) -> dict[str, Any]:
        """What the server answers about one module-level name of a file; ``more`` goes into the request.

        Raises:
            JudgeError: the server died.
        """
        if self._server is None or self._server.poll() is not None:
            self._server = subprocess.Popen(
                [sys.executable, self._script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
            atexit.register(self.close)
        assert self._server.stdin is not None and self._server.stdout is not None
        request = {"path": os.path.realpath(path), "name": name, "timeout": self.timeout, **more}
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        line = self._server.stdout.readline()
        if not line:
            raise JudgeError("the fork server is gone")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """Stop the server."""
        if self._server is not None:
            assert self._server.stdin is not None
            self._server.stdin.close()
            self._server.wait(10)
            self._server = None
