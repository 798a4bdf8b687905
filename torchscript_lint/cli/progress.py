"""A progress bar, for runs that people would wait for."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from torchscript_lint.cli.output import is_terminal

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

#: Seconds after which a run gets a bar.
PATIENCE = 1.0


class Bar:
    """A bar on standard error, if that is a terminal and the run takes long enough.

    ``rich`` is imported when the bar appears, and no thread refreshes it: workers may still be forked.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._on = not quiet and is_terminal(sys.stderr)
        self._start = time.monotonic()
        self._shown: tuple[Progress, TaskID] | None = None
        self._last = 0.0

    def __call__(self, done: int, total: int) -> None:
        """So many files are done."""
        if not self._on:
            return
        now = time.monotonic()
        if self._shown is None:
            if now - self._start < PATIENCE or done >= total:
                return
            self._shown = _bar(total)
        if now - self._last >= 0.1:
            self._last = now
            progress, task = self._shown
            progress.update(task, completed=done)
            progress.refresh()

    def close(self) -> None:
        """Take the bar away."""
        if self._shown is not None:
            self._shown[0].stop()
            self._shown = None


def _bar(total: int) -> tuple[Progress, TaskID]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    progress = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        auto_refresh=False,
        transient=True,
    )
    progress.start()
    return progress, progress.add_task("linting", total=total)
