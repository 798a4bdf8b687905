"""Asking the real compiler: small functions compiled from text, each doubtful one in a process of its own."""

from __future__ import annotations

import importlib
import os
import pickle
import re
from collections.abc import Callable, Mapping
from typing import Any

_ADDRESS = re.compile(r"0x[0-9a-f]{6,}")
# The folders of a Python file: they are this machine's.
_FOLDERS = re.compile(r"(?:/[\w.+-]+)+/(?=[\w.+-]+\.py\b)")


class Crash(RuntimeError):
    """The compiler took its process down with it."""


def torch() -> Any:
    """The installed torch; imported when first asked for."""
    return importlib.import_module("torch")


def compile_text(source: str, names: Mapping[str, object]) -> Any:
    """Compile a function ``f`` given as text.

    Args:
        source: the definition.
        names: what its free names stand for.

    Returns:
        the compiled function (a ``torch._C.ScriptFunction``).

    Raises:
        Exception: whatever the compiler raises.
    """
    unit = torch()._C.CompilationUnit()
    unit.define(source, names.get)
    return unit.find_function("f")


def error_of(source: str, names: Mapping[str, object]) -> str | None:
    """The compiler's whole message for a function given as text, or None when it compiles."""
    try:
        compile_text(source, names)
    except Exception as error:
        return str(error)
    return None


def first_line(error: BaseException | str) -> str:
    """The first line of a message that says anything, addresses blanked, after the name of the exception."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    text = _FOLDERS.sub("", _ADDRESS.sub("0x...", lines[0] if lines else ""))
    text = text.removesuffix(":")
    return text if isinstance(error, str) else f"{type(error).__name__}: {text}"


def in_child(ask: Callable[[], Any]) -> Any:
    """The answer of a function that is run in a forked child, so that what it leaves in the compiler is gone.

    Raises:
        Crash: the child died without an answer.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        status = 1
        try:
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, 2)
            os.dup2(null, 1)
            with os.fdopen(writer, "wb") as out:
                pickle.dump(ask(), out)
            status = 0
        finally:
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as answers:
        data = answers.read()
    _, status = os.waitpid(child, 0)
    if status != 0:
        raise Crash(f"the compiler itself crashes (signal {os.WTERMSIG(status)})")
    return pickle.loads(data)


def schema_text(schema: Any) -> str:
    """The text of a schema, also of one whose defaults torch fails to print (an int for an ``int[2]``)."""
    try:
        return str(schema)
    except RuntimeError:
        parts = []
        for argument in schema.arguments:
            type_ = str(argument.type.str())
            if argument.N is not None:
                type_ = type_.replace("[]", f"[{argument.N}]", 1)
            default = f"={argument.default_value}" if argument.has_default_value() else ""
            parts.append(("*, " if argument.kwarg_only else "") + f"{type_} {argument.name}{default}")
        results = ", ".join(str(result.type.str()) for result in schema.returns)
        if len(schema.returns) != 1 or results.startswith("("):
            results = f"({results})"
        return f"{schema.name}({', '.join(parts)}) -> {results}"
