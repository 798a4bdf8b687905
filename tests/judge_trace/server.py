"""The fork server of the tracing judge: the one of ``judge``, with another question.

A fixture file says for its targets (by name):

- ``inputs``: a callable that gives the tuple of example inputs;
- ``other_inputs``: a callable that gives another tuple, or a list of tuples to be run one after the other;
- ``modes`` (optional): the modes (``"train"``, ``"eval"``) for tracing and for the comparison; ``eval`` is
  the rule;
- ``options`` (optional): keyword arguments of ``torch.jit.trace``.

Functions that it lists in ``calls`` call ``torch.jit.trace`` themselves and give the eager and the traced
outcome.
"""

from __future__ import annotations

import inspect
import io
import os
import random
import sys
import traceback
import types
import warnings
from collections.abc import Callable
from typing import Any

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

import torch
from judge import server


def answer(path: str, name: str) -> dict[str, Any]:
    """Trace one target in this process."""
    warnings.simplefilter("ignore")
    try:
        file = server.load(path, name)
        if name in getattr(file, "calls", ()):
            return called(getattr(file, name), path)
        make = maker(getattr(file, name))
        example = as_runs(file.inputs[name]())[0]
        before, after = getattr(file, "modes", {}).get(name, ("eval", "eval"))
        eager = make(before)
        seed(0)
        eager(*copied(example))
    except BaseException as error:
        return {"outcome": "broken", "message": f"{type(error).__name__}: {error}"}
    options = getattr(file, "options", {}).get(name, {})
    subject = make(before)
    seed(0)
    result: dict[str, Any] = {"outcome": "traced"}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            traced = torch.jit.trace(subject, copied(example), check_trace=False, **options)
        except BaseException as error:
            traced = None
            result.update(raised(error, path))
    result["warnings"] = noted(caught)
    if traced is None:
        return result
    try:
        torch.jit.save(traced, io.BytesIO()) if not isinstance(traced, types.FunctionType) else None
    except BaseException as error:
        result["unsaved"] = f"{type(error).__name__}: {error}"
    if hasattr(file, "other_inputs") and name in file.other_inputs:
        switch(traced, after)
        switch(eager, after)
        for number, other in enumerate(as_runs(file.other_inputs[name]()), 1):
            seed(number)
            wanted = outcome(eager, copied(other))
            seed(number)
            found = outcome(traced, copied(other))
            difference = compare(wanted, found)
            if difference:
                result["differs"] = difference
                break
    return result


def called(target: Callable[[], Any], path: str) -> dict[str, Any]:
    """Call a function that traces by itself."""
    result: dict[str, Any] = {"outcome": "traced"}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        seed(0)
        try:
            result["differs"] = compare(*target())
        except BaseException as error:
            result.update(raised(error, path))
    result["warnings"] = noted(caught)
    return result


def raised(error: BaseException, path: str) -> dict[str, Any]:
    """What an exception says, and the innermost line of the fixture that it came through."""
    places = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
    return {"raised": f"{type(error).__name__}: {error}", "raised_at": places[-1] if places else None}


def maker(target: Any) -> Callable[[str], Any]:
    """How to make the callable: a module class is instantiated with the same weights each time."""

    def make(mode: str) -> Any:
        if inspect.isclass(target):
            seed(0)
            return switch(target(), mode)
        return target

    return make


def switch(subject: Any, mode: str) -> Any:
    """Put a module into a mode."""
    if isinstance(subject, torch.nn.Module):
        subject.train(mode == "train")
    return subject


def seed(number: int) -> None:
    """Start all sources of chance anew."""
    torch.manual_seed(number)
    random.seed(number)


def as_runs(inputs: Any) -> list[tuple[Any, ...]]:
    """One tuple of inputs, or several, one after the other."""
    return inputs if isinstance(inputs, list) else [inputs]


def copied(value: Any) -> Any:
    """Inputs of their own for each run: a model may write into them."""
    if isinstance(value, torch.Tensor):
        return value.clone().requires_grad_(value.requires_grad) if value.is_leaf else value.clone()
    if isinstance(value, tuple):
        return tuple(map(copied, value))
    if isinstance(value, list):
        return list(map(copied, value))
    if isinstance(value, dict):
        return {key: copied(item) for key, item in value.items()}
    return value


def noted(caught: list[warnings.WarningMessage]) -> list[dict[str, Any]]:
    """The tracer's own warnings, each place and text once."""
    found: dict[tuple[str, int, str], None] = {}
    for warning in caught:
        if issubclass(warning.category, torch.jit.TracerWarning):
            found.setdefault((os.path.realpath(warning.filename), warning.lineno, str(warning.message)))
    return [{"file": file, "line": line, "message": message} for file, line, message in found]


def outcome(subject: Any, inputs: Any) -> Any:
    """What a call gives, or that it raises."""
    try:
        with torch.no_grad():
            return subject(*inputs)
    except Exception as error:
        return error


def compare(wanted: Any, found: Any, place: str = "the output") -> str:
    """How two outcomes differ; empty where they do not. Two exceptions do not differ."""
    if isinstance(wanted, Exception) or isinstance(found, Exception):
        if isinstance(wanted, Exception) and isinstance(found, Exception):
            return ""
        return f"eager gives {brief(wanted)}, traced gives {brief(found)}"
    if isinstance(wanted, dict) and isinstance(found, dict):
        wanted, found = list(wanted.values()), list(found.values())
    if isinstance(wanted, (tuple, list)) and isinstance(found, (tuple, list)):
        if len(wanted) != len(found):
            return f"{place} has {len(wanted)} parts, traced {len(found)}"
        parts = zip(wanted, found, strict=True)
        return next(filter(None, (compare(a, b, f"part {n} of {place}") for n, (a, b) in enumerate(parts))), "")
    a, b = (value if isinstance(value, torch.Tensor) else torch.tensor(value) for value in (wanted, found))
    if a.shape != b.shape:
        return f"{place} has shape {tuple(a.shape)}, traced {tuple(b.shape)}"
    if isinstance(wanted, torch.Tensor) and (a.dtype != b.dtype or a.device != b.device):
        return f"{place} is {a.dtype} on {a.device}, traced {b.dtype} on {b.device}"
    if a.device.type == "meta":
        return ""
    if not torch.allclose(a.to(torch.float64), b.to(torch.float64), rtol=1e-4, atol=1e-5, equal_nan=True):
        return f"{place} has other values"
    return ""


def brief(value: Any) -> str:
    """An outcome in a few words."""
    if isinstance(value, Exception):
        return f"{type(value).__name__} ({(str(value).strip().splitlines() or [''])[-1][:80]})"
    return type(value).__name__


if __name__ == "__main__":
    server.answer = answer
    server.main()
