"""The table ``[tool.tslint]`` of the nearest ``pyproject.toml``."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field

from torchscript_lint.lint.options import MODES, TARGETS
from torchscript_lint.lint.selection import did_you_mean


class ConfigError(ValueError):
    """A configuration that cannot be used; its text is for people."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a configuration file says. None where it says nothing.

    Attributes:
        file: the file, or None where there is none.
        root: the directory that patterns are relative to.
    """

    file: str | None = None
    root: str = ""
    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    targets: str | None = None
    mode: str | None = None
    search_path: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


KEYS = (
    "exclude", "extend-select", "ignore", "mode", "per-file-ignores", "search-path", "select", "targets",
)  # fmt: skip


def nearest(start: str) -> Table:
    """The table of the nearest ``pyproject.toml`` that has one, upwards from a directory.

    Raises:
        ConfigError: a file on the way is not valid TOML, or its table cannot be used.
    """
    directory = os.path.abspath(start)
    while True:
        file = os.path.join(directory, "pyproject.toml")
        if os.path.isfile(file):
            table = _read(file).get("tool")
            own = table.get("tslint") if isinstance(table, dict) else None
            if own is not None:
                return _table(file, own)
        parent = os.path.dirname(directory)
        if parent == directory:
            return Table()
        directory = parent


def load(file: str) -> Table:
    """The table of a file: ``[tool.tslint]`` of a ``pyproject.toml``, or else the whole file.

    Raises:
        ConfigError: the file cannot be read, is not valid TOML, or its table cannot be used.
    """
    content = _read(file)
    tool = content.get("tool")
    if isinstance(tool, dict) and "tslint" in tool:
        return _table(file, tool["tslint"])
    if os.path.basename(file) == "pyproject.toml":
        return Table(file, os.path.dirname(os.path.abspath(file)))
    return _table(file, content)


def _read(file: str) -> dict[str, object]:
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib
    try:
        with open(file, "rb") as stream:
            data = stream.read()
        return tomllib.loads(data.decode("utf-8"))
    except OSError as error:
        raise ConfigError(f"{file}: {error.strerror or error}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file}: not valid UTF-8: {error}") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{file}: not valid TOML: {error}") from None


def _table(file: str, own: object) -> Table:
    where = f"{file}: [tool.tslint]"
    if not isinstance(own, dict):
        raise ConfigError(f"{where} must be a table")
    for key in own:
        if key not in KEYS:
            raise ConfigError(f"{where} has no key {key!r}{did_you_mean(key, KEYS)}")
    per_file = own.get("per-file-ignores", {})
    if not isinstance(per_file, dict):
        raise ConfigError(f"{where} per-file-ignores must be a table of patterns and lists of rules")
    return Table(
        file=file,
        root=os.path.dirname(os.path.abspath(file)),
        select=_strings(where, "select", own["select"]) if "select" in own else None,
        ignore=_strings(where, "ignore", own.get("ignore", [])),
        extend_select=_strings(where, "extend-select", own.get("extend-select", [])),
        exclude=_strings(where, "exclude", own.get("exclude", [])),
        search_path=_strings(where, "search-path", own.get("search-path", [])),
        targets=_one_of(where, "targets", own.get("targets"), TARGETS),
        mode=_one_of(where, "mode", own.get("mode"), MODES),
        per_file_ignores={
            str(pattern): _strings(where, f"per-file-ignores.{pattern!r}", value) for pattern, value in per_file.items()
        },
    )


def _strings(where: str, key: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{where} {key} must be a list of strings, not {value!r}")
    return tuple(value)


def _one_of(where: str, key: str, value: object, allowed: tuple[str, ...]) -> str | None:
    if value is None:
        return None
    if value not in allowed:
        raise ConfigError(
            f"{where} {key} must be one of {', '.join(allowed)}, not {value!r}{did_you_mean(str(value), allowed)}"
        )
    return str(value)
