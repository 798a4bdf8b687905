"""Many files: the same findings in the same order, however many processes look for them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from torchscript_lint.findings import Finding
from torchscript_lint.lint import core, suppression, walk
from torchscript_lint.lint.options import Options
from torchscript_lint.lint.patterns import Patterns

#: Below this many bytes in candidate files a second process costs more than it saves.
_SMALL = 150_000
_CHUNK = 16


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """A path that could not be linted, and why, for people."""

    path: str
    message: str


@dataclass(slots=True)
class Result:
    """What a run found.

    Attributes:
        findings: sorted.
        problems: sorted; a run with problems has not done all of its work.
        files: how many files were looked at.
    """

    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    files: int = 0


@dataclass(frozen=True, slots=True)
class Job:
    """What every worker knows.

    Attributes:
        files: all files of the run, as they were given.
        explicit: those that were named one by one: the byte filter does not apply to them.
        options: how to look at them.
    """

    files: tuple[str, ...]
    explicit: frozenset[str]
    options: Options


@dataclass(slots=True)
class Outcome:
    """What one chunk of files gave."""

    findings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


Progress = Callable[[int, int], None]


def check_paths(
    paths: Sequence[str],
    *,
    options: Options = Options(),  # noqa: B008 - frozen
    exclude: Sequence[Patterns] = (),
    force_exclude: bool = False,
    jobs: int | None = 1,
    progress: Progress | None = None,
) -> Result:
    """Lint files and directories.

    Args:
        paths: files, and directories that are walked for ``*.py``.
        options: how to look at a file.
        exclude: what to leave out of the walk.
        force_exclude: leave it out even where it is named in ``paths``.
        jobs: how many processes; None is one for each core.
        progress: called now and then with the number of files that are done and of all files.

    Returns:
        The findings, the same ones in the same order whatever ``jobs`` is, and the problems met. Nothing
        that a file holds raises.
    """
    found = walk.find(paths, exclude=exclude, force_exclude=force_exclude)
    files = tuple(sorted({*found.walked, *found.explicit}))
    job = Job(files, frozenset(found.explicit), options)
    outcome = Outcome(problems=[Problem(path, message) for path, message in found.missing])
    processes = _processes(jobs, files)
    if processes == 1:
        for index, file in enumerate(files):
            _extend(outcome, check_files(job, [file]))
            if progress is not None:
                progress(index + 1, len(files))
    else:
        from torchscript_lint.lint.pool import run_chunks

        size = max(1, min(_CHUNK, -(-len(files) // (processes * 4))))
        chunks = [list(files[start : start + size]) for start in range(0, len(files), size)]
        for part in run_chunks(job, chunks, processes, progress):
            _extend(outcome, part)
    return Result(_settle(outcome.findings, job), sorted(set(outcome.problems)), len(files))


def _extend(outcome: Outcome, part: Outcome) -> None:
    outcome.findings += part.findings
    outcome.problems += part.problems


def cores() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def _processes(jobs: int | None, files: Sequence[str]) -> int:
    """How many processes are worth it."""
    wanted = min(cores() if jobs is None else jobs, len(files))
    if wanted <= 1:
        return 1
    size = 0
    for file in files:
        try:
            size += os.path.getsize(file)
        except OSError:
            continue
        if size > _SMALL:
            return wanted
    return 1


_programs: dict[int, tuple[Job, object]] = {}


def check_files(job: Job, files: Iterable[str]) -> Outcome:
    """Look at some files of a run. Findings may lie in any file; :func:`_settle` sorts that out.

    The program is kept from call to call in the same process, so that what one file imports is read once.
    """
    from torchscript_lint.program import Program
    from torchscript_lint.source.text import SourceError

    known = _programs.get(id(job))
    program = known[1] if known is not None and known[0] is job else None
    if not isinstance(program, Program):
        program = Program(job.files, job.options.search_path)
        _programs.clear()
        _programs[id(job)] = (job, program)
    outcome = Outcome()
    for file in files:
        try:
            if not _can_hold_target(job, file):
                continue
            module = program.load(file)
            outcome.findings += core.merge(core.analyse(program, module, job.options))
        except SourceError as error:
            if error.kind == "syntax":
                outcome.findings.append(core.syntax_error(file, error.message, error.row, error.column))
            else:
                outcome.problems.append(Problem(file, error.message))
        except OSError as error:
            outcome.problems.append(Problem(file, error.strerror or str(error)))
        except Exception as error:  # a bug, or a file that is too much: the others are linted all the same
            outcome.findings.append(core.internal_error(file, error))
    return outcome


def _can_hold_target(job: Job, file: str) -> bool:
    """Whether a file must be parsed as an entry point. One that never says ``torch`` defines no target of
    its own.

    What such a file holds is still checked where a target of another file reaches it. Raises OSError.
    """
    if job.options.targets == "all" or file in job.explicit:
        return True
    with open(file, "rb") as stream:
        return b"torch" in stream.read()


def _settle(findings: Iterable[Finding], job: Job) -> list[Finding]:
    """Of all that was found: what lies in the run's files, each once, switched on, not silenced, in order."""
    from torchscript_lint.source.text import SourceError, read

    given = {os.path.abspath(file): file for file in job.files}
    own: list[Finding] = []
    for finding in findings:
        path = finding.path if finding.path in given else os.path.abspath(finding.path)
        shown = given.get(path)
        if shown is not None:
            own.append(finding if finding.path == shown else replace(finding, path=shown))
    by_file: dict[str, list[Finding]] = {}
    for finding in core.merge(own):
        by_file.setdefault(finding.path, []).append(finding)
    settled: list[Finding] = []
    for file, found in by_file.items():
        found = core.chosen(found, file, job.options)
        try:
            text = read(file).text if found else ""
        except SourceError:
            text = ""
        settled += suppression.keep(found, text, noqa=job.options.noqa)
    return settled
