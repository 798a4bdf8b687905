#!/usr/bin/env python3
"""Have the real ``torch.jit.trace`` trace every module of an installed package that can be built and fed.

    python benchmarks/trace_oracle.py PACKAGE --write PACKAGE-trace.jsonl [--timeout 60]

Run it with the Python of an environment that has torch and the package; nothing else is needed. Each class
is built, fed, traced and compared with its trace on other inputs in a forked process of its own.
``README.md`` beside this file says what a record holds.
"""

from __future__ import annotations

import contextlib
import importlib
import inspect
import json
import os
import sys
import time
import types
import warnings
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, cast

warnings.simplefilter("ignore")

import torch  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from feeding import candidates, mapped, others, tensors  # noqa: E402
from judge_trace.server import brief, compare, copied, outcome, seed  # noqa: E402
from oracle import builder, command, forked, located, modules  # noqa: E402

#: Seconds that may go into finding inputs that a module takes.
_PATIENCE = 15


class Flat(torch.nn.Module):
    """A module with the tensors of its inputs for inputs and the tensors of its outputs for outputs.

    Args:
        module: the module.
        inputs: its inputs; what is no tensor in them is given as it is.
    """

    def __init__(self, module: torch.nn.Module, inputs: tuple[Any, ...]) -> None:
        super().__init__()
        self.module = module
        self.form = mapped(inputs, lambda tensor: tensor.new_empty(0))

    def forward(self, *given: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Run the module."""
        rest = iter(given)
        return tuple(flat(self.module(*mapped(self.form, lambda _: next(rest)))))


def flat(value: Any) -> list[torch.Tensor]:
    """The tensors of an output, whatever holds them."""
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, dict):
        return [tensor for item in value.values() for tensor in flat(item)]
    if isinstance(value, (list, tuple)):
        return [tensor for item in value for tensor in flat(item)]
    if hasattr(value, "__dataclass_fields__"):
        return [tensor for name in value.__dataclass_fields__ for tensor in flat(getattr(value, name))]
    return []


class Executed:
    """Records which lines of a package run.

    Args:
        top: the package's folder.
    """

    def __init__(self, top: str) -> None:
        self.top = top
        self.lines: dict[str, set[int]] = {}

    def __enter__(self) -> Executed:
        sys.settrace(self._call)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)

    def _call(self, frame: types.FrameType, event: str, _: Any) -> Callable[..., Any] | None:
        path = frame.f_code.co_filename
        if not path.startswith(self.top):
            return None
        lines = self.lines.setdefault(path, set())

        def local(frame: types.FrameType, event: str, _: Any) -> Any:
            if event == "line":
                lines.add(frame.f_lineno)
            return local

        return local


def traced(make: Callable[[], Any], top: str) -> dict[str, Any]:
    """Build, feed, trace and compare, in this process."""
    warnings.simplefilter("ignore")

    def fresh() -> Any:
        seed(0)
        return make().eval()

    try:
        module = fresh()
    except BaseException as error:
        return {"outcome": "unbuilt", "why": brief(error)}
    deadline, why = time.monotonic() + _PATIENCE, "forward has no parameter"
    for inputs in candidates(module):
        result = outcome(module, copied(inputs))
        if not isinstance(result, Exception) and flat(result):
            break
        why = brief(result)
        if time.monotonic() > deadline:
            return {"outcome": "unfed", "why": why}
    else:
        return {"outcome": "unfed", "why": why}
    base = os.path.dirname(top.rstrip(os.sep))
    eager, subject = Flat(fresh(), inputs), Flat(fresh(), inputs)
    with contextlib.suppress(Exception):  # weights that nobody has set
        subject.load_state_dict(eager.state_dict())
    seed(0)
    executed = Executed(top)
    record: dict[str, Any] = {
        "outcome": "traced",
        "inputs": [list(tensor.shape) for tensor in tensors(inputs)],
        "raised": None,
    }
    model: Any = None
    with warnings.catch_warnings(record=True) as caught, torch.no_grad():
        warnings.simplefilter("always")
        try:
            with executed:
                model = torch.jit.trace(subject, tuple(tensors(copied(inputs))), check_trace=False)
        except BaseException as error:
            record["raised"] = raised(error, top, base)
    record["warnings"] = [
        {"file": os.path.relpath(file, base), "line": line, "message": message.split("\n")[0][:120]}
        for file, line, message in sorted(
            {
                (one.filename, one.lineno, str(one.message))
                for one in caught
                if issubclass(one.category, torch.jit.TracerWarning) and one.filename.startswith(top)
            }
        )
    ]
    record["executed"] = {
        os.path.relpath(path, base): spans(lines) for path, lines in sorted(executed.lines.items()) if lines
    }
    record["compared"], record["differs"] = compared(eager, model, inputs) if model is not None else ([], {})
    return record


def compared(eager: Any, model: Any, inputs: tuple[Any, ...]) -> tuple[list[str], dict[str, str]]:
    """Which other inputs the eager module takes, and for which of them its trace gives something else."""
    done: list[str] = []
    differs: dict[str, str] = {}
    for number, (word, other) in enumerate(others(inputs), 1):
        given = tuple(tensors(other))
        runs = []
        for subject in (eager, eager, model):
            seed(number)
            runs.append(outcome(subject, copied(given)))
        if isinstance(runs[0], Exception) or isinstance(runs[1], Exception) or compare(runs[0], runs[1]):
            continue
        done.append(word)
        difference = compare(runs[0], runs[2])
        if difference:
            differs.setdefault(word, difference)
    return sorted(set(done)), differs


def raised(error: BaseException, top: str, base: str) -> dict[str, Any]:
    """What an exception says, and the innermost line of the package that it came through."""
    found: dict[str, Any] = {"type": type(error).__name__, "message": str(error).strip().split("\n")[0][:200]}
    trace = error.__traceback__
    while trace is not None:
        path = trace.tb_frame.f_code.co_filename
        if path.startswith(top):
            found |= {"file": os.path.relpath(path, base), "line": trace.tb_lineno}
        trace = trace.tb_next
    return found


def spans(lines: set[int]) -> list[list[int]]:
    """Numbers as spans of numbers that follow each other."""
    result: list[list[int]] = []
    for line in sorted(lines):
        if result and result[-1][1] == line - 1:
            result[-1][1] = line
        else:
            result.append([line, line])
    return result


def run(package: str, out: Any, timeout: int) -> Counter[str]:
    """Ask about all classes of modules of a package."""
    root = importlib.import_module(package)
    top = os.path.dirname(root.__file__ or "") + os.sep
    version = str(getattr(root, "__version__", ""))
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    for module in list(modules(package, timeout)):
        for _, cls in sorted(vars(module).items(), key=lambda item: item[0]):
            if not (inspect.isclass(cls) and issubclass(cls, torch.nn.Module) and cls.__module__ == module.__name__):
                continue
            record = located(cls, top)
            key = f"{module.__name__}:{cls.__qualname__}"
            if record is None or key in seen:
                continue
            seen.add(key)
            answer: dict[str, Any] = {"outcome": "unbuilt", "why": ""}
            for attempt in range(3):
                asked = forked(partial(traced, builder(cast(type, cls), attempt), top), timeout)
                if not attempt or asked["outcome"] != "unbuilt":
                    answer = asked | {"instance": f"{cls.__qualname__} #{attempt}"}
                if asked["outcome"] == "traced":
                    break
            counts[answer["outcome"]] += 1
            out.write(json.dumps({"package": package, "version": version} | record | answer, sort_keys=True) + "\n")
            out.flush()
    return counts


if __name__ == "__main__":
    command(__doc__, run, 60)
