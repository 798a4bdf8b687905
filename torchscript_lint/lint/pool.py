"""Worker processes that may die without taking the run with them.

``multiprocessing.Pool`` waits for ever when a worker is killed, and ``ProcessPoolExecutor`` gives up all of
its work. Here each worker has its own pipe: when one dies, its files are tried again one by one, each in a
process of its own, and the file that kills that one too becomes a finding (TS002). No threads are started,
so that forking is safe.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection, wait
from typing import TYPE_CHECKING, Any

from torchscript_lint.lint import core

if TYPE_CHECKING:
    from torchscript_lint.lint.run import Job, Outcome, Progress

# Forking shares what is already imported, which spawning would pay for in every worker.
_FORK = sys.platform == "linux"
_context: Any = multiprocessing.get_context("fork" if _FORK else "spawn")


def run_chunks(job: Job, chunks: Sequence[list[str]], processes: int, progress: Progress | None) -> Iterator[Outcome]:
    """Look at all chunks of files; yields what each gives, in the order in which they end.

    Args:
        job: what every worker knows.
        chunks: lists of files.
        processes: how many workers.
        progress: called with the number of files that are done and of all files.
    """
    from torchscript_lint.lint.run import Outcome

    waiting = deque(chunks)
    total = sum(len(chunk) for chunk in chunks)
    done = 0
    workers: list[_Worker] = []
    try:
        while len(workers) < min(processes, len(chunks)):
            workers.append(_Worker(job, workers))
        while True:
            for worker in workers:
                if worker.chunk is None and waiting:
                    worker.give(waiting.popleft())
            busy = {worker.pipe: worker for worker in workers if worker.chunk is not None}
            if not busy:
                return
            for ready in wait(list(busy), timeout=0.5):
                worker = next(w for pipe, w in busy.items() if pipe is ready)
                chunk = worker.chunk or []
                try:
                    outcome = worker.take()
                except (EOFError, OSError):
                    code = worker.stop()
                    workers.remove(worker)
                    workers.append(_Worker(job, workers))
                    if len(chunk) > 1:
                        waiting.extendleft([file] for file in reversed(chunk))
                        continue
                    outcome = Outcome([core.internal_error(chunk[0], _cause(code))])
                done += len(chunk)
                yield outcome
            if progress is not None:
                progress(done, total)
    finally:
        for worker in workers:
            worker.stop()


def _cause(code: int | None) -> str:
    """How a process ended, in words."""
    if code is not None and code < 0:
        try:
            return f"the process was killed by {signal.Signals(-code).name}"
        except ValueError:
            pass
    return f"the process ended with exit status {code}"


class _Worker:
    """One process and the pipe to it.

    Attributes:
        pipe: our end.
        chunk: the files it is looking at, or None.
    """

    def __init__(self, job: Job, siblings: Sequence[_Worker]) -> None:
        self.pipe, theirs = _context.Pipe()
        self.chunk: list[str] | None = None
        # A forked child holds copies of our ends of all pipes. It must close them, or no worker sees us go.
        inherited = [self.pipe, *(sibling.pipe for sibling in siblings)] if _FORK else []
        self.process = _context.Process(target=_work, args=(job, theirs, inherited), daemon=True)
        self.process.start()
        theirs.close()

    def give(self, chunk: list[str]) -> None:
        self.chunk = chunk
        with contextlib.suppress(OSError):  # a dead one will be found out when its outcome is taken
            self.pipe.send(chunk)

    def take(self) -> Outcome:
        """Raises EOFError or OSError where the process has died."""
        outcome: Outcome = self.pipe.recv()
        self.chunk = None
        return outcome

    def stop(self) -> int | None:
        """End the process; its exit status."""
        self.pipe.close()
        if self.chunk is not None:
            self.process.join(timeout=0.2)  # it may be dead already, and its exit status says why
            self.process.terminate()
        self.process.join()
        code: int | None = self.process.exitcode
        return code


def _work(job: Job, pipe: Connection, inherited: Sequence[Connection]) -> None:
    """A worker's life: chunks in, outcomes out, until the pipe is closed."""
    from torchscript_lint.lint.run import check_files

    # Ctrl-C reaches the whole process group; the parent says when to stop.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for other in inherited:
        other.close()
    while True:
        try:
            chunk = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            pipe.send(check_files(job, chunk))
        except OSError:
            return
