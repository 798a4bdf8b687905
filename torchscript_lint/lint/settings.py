"""The command line and the configuration file together."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

from torchscript_lint.lint.config import ConfigError, Table
from torchscript_lint.lint.options import Options, PerFileIgnores
from torchscript_lint.lint.patterns import Patterns
from torchscript_lint.lint.selection import Selectors, UnknownSelector, expand_all, resolve


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run goes by.

    Attributes:
        options: how to look at a file.
        exclude: what to leave out of the walk.
        config: the configuration file, or None.
    """

    options: Options
    exclude: tuple[Patterns, ...] = ()
    config: str | None = None


def combine(
    table: Table,
    *,
    command: Selectors = Selectors(),  # noqa: B008 - frozen
    mode: str | None = None,
    targets: str | None = None,
    exclude: Sequence[str] = (),
    noqa: bool = True,
) -> Settings:
    """The command line's words go before the table's; excludes of both count.

    Args:
        table: the configuration file's table.
        command: selectors of the command line.
        mode, targets: None where the command line does not say.
        exclude: patterns of the command line, relative to the current directory.
        noqa: see :class:`Options`.

    Raises:
        ConfigError: the table names a rule that does not exist.
        UnknownSelector: the command line does.
    """
    expand_all((*(command.select or ()), *command.extend, *command.ignore))
    try:
        codes = resolve(command, Selectors(table.select, table.extend_select, table.ignore))
        per_file = tuple(
            PerFileIgnores(Patterns(table.root, [pattern]), expand_all(selectors))
            for pattern, selectors in table.per_file_ignores.items()
        )
    except UnknownSelector as error:
        raise ConfigError(f"{table.file}: {error}") from None
    patterns = []
    if table.exclude:
        patterns.append(Patterns(table.root, table.exclude))
    if exclude:
        patterns.append(Patterns(os.getcwd(), exclude))
    options = Options(
        mode=mode or table.mode or "both",
        targets=targets or table.targets or "auto",
        codes=codes,
        per_file_ignores=per_file,
        search_path=tuple(os.path.join(table.root, path) for path in table.search_path),
        noqa=noqa,
    )
    return Settings(options, tuple(patterns), table.file)


def start(paths: Sequence[str]) -> str:
    """The directory from which the configuration of a run is looked for: the deepest one that holds all
    paths.
    """
    directories = [
        absolute if os.path.isdir(absolute) else os.path.dirname(absolute) for absolute in map(os.path.abspath, paths)
    ]
    try:
        return os.path.commonpath(directories) if directories else os.getcwd()
    except ValueError:  # different drives
        return os.getcwd()
