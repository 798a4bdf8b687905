#!/usr/bin/env python3
"""Ask the real ``torch.jit.script`` about every function and module of an installed package.

    python benchmarks/oracle.py PACKAGE --write PACKAGE-truth.jsonl [--timeout 20]

Run it with the Python of an environment that has torch and the package; nothing else is needed. The package
is imported once, and each question is asked in a forked process of its own, since a failed compilation
poisons its process. ``README.md`` beside this file says what is asked and what a record holds.
"""

from __future__ import annotations

import argparse
import ast
import contextlib
import gzip
import importlib
import inspect
import json
import os
import pkgutil
import re
import resource
import select
import signal
import socket
import sys
import time
import types
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path
from typing import IO, Any, cast

warnings.simplefilter("ignore")  # before torch: without NumPy its import warns

import torch  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from guessing import Unbuildable, build  # noqa: E402
from judge.report import Frame, blamed, frames  # noqa: E402

#: Parts of module names that are programs or tests, not the library.
_NOT_LIBRARY = re.compile(r"(^|\.)(_*tests?|testing|conftest|__main__|setup|cli|scripts?|examples?|benchmarks?)(\.|$)")


def modules(package: str, timeout: int) -> Iterator[types.ModuleType]:
    """Import the package's modules, as many as can be imported.

    Args:
        package: its import name.
        timeout: seconds one import may take.
    """
    root = importlib.import_module(package)
    yield root
    if not hasattr(root, "__path__"):
        return
    for found in pkgutil.walk_packages(root.__path__, package + ".", onerror=lambda name: None):
        if _NOT_LIBRARY.search(found.name[len(package) :]):
            continue
        signal.signal(signal.SIGALRM, _late)
        signal.alarm(timeout)
        try:
            yield importlib.import_module(found.name)
        except BaseException as error:
            print(f"not imported: {found.name}: {type(error).__name__}: {str(error)[:80]}", file=sys.stderr)
        finally:
            signal.alarm(0)


def _late(signum: int, frame: types.FrameType | None) -> None:
    raise TimeoutError


@cache
def definitions(path: str) -> dict[str, list[ast.FunctionDef | ast.ClassDef]]:
    """The functions and classes of a file by qualified name, in order."""
    found: dict[str, list[ast.FunctionDef | ast.ClassDef]] = {}

    def visit(node: ast.AST, prefix: str) -> None:
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                found.setdefault(prefix + child.name, []).append(child)
                visit(child, f"{prefix}{child.name}.")
            else:
                visit(child, prefix)

    visit(ast.parse(Path(path).read_bytes()), "")
    return found


def _first(node: ast.FunctionDef | ast.ClassDef) -> int:
    return min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])


def located(thing: Any, top: str) -> dict[str, Any] | None:
    """Where a function or class is defined: the first fields of its record; None if not in the package."""
    try:
        path = inspect.getsourcefile(inspect.unwrap(thing)) or ""
    except (TypeError, ValueError):
        return None
    qualname = getattr(thing, "__qualname__", "")
    if not path.startswith(top) or qualname not in definitions(path):
        return None
    nodes = definitions(path)[qualname]
    node = nodes[-1]
    code = getattr(inspect.unwrap(thing), "__code__", None)
    if code is not None:
        node = next((other for other in nodes if _first(other) == code.co_firstlineno), node)
    return {
        "path": os.path.relpath(path, os.path.dirname(top.rstrip(os.sep))),
        "qualname": qualname,
        "first_line": node.lineno,
        "decorator_line": _first(node),
        "last_line": node.end_lineno,
    }


def described(error: BaseException, top: str) -> dict[str, Any]:
    """The ``error`` field of a record."""
    text = str(error)
    lines = [line.strip() for line in text.split("\n") if line.strip()]
    traceback = error.__traceback__
    raised = ""
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if f"{os.sep}torch{os.sep}" in file:
            raised = f"torch{os.sep}{file.rpartition(f'{os.sep}torch{os.sep}')[2]}:{traceback.tb_frame.f_code.co_name}"
        traceback = traceback.tb_next
    result: dict[str, Any] = {
        "type": type(error).__name__,
        "message": lines[0] if lines else "",
        "raised_at": raised,
        "file": None,
        "line": None,
    }
    if lines and lines[0].startswith(("Arguments for call", "Could not")):
        result["detail"] = next((line for line in lines if "Expected" in line or "provided" in line), "")
    base = os.path.dirname(top.rstrip(os.sep))
    frame = blamed(text, top + "__init__.py")
    if frame is not None and frame.file.startswith(top) and all(map(_faithful, _up_to(frame, text))):
        result.update(file=os.path.relpath(frame.file, base), line=frame.line)
        owners = [
            (node, name)
            for name, nodes in definitions(frame.file).items()
            for node in nodes
            if isinstance(node, ast.FunctionDef) and _first(node) <= frame.line <= (node.end_lineno or 0)
        ]
        if owners:
            node, name = max(owners, key=lambda owner: owner[0].lineno)
            result.update(function=name, func_first_line=node.lineno, func_last_line=node.end_lineno)
        result["call_stack"] = [
            {"file": os.path.relpath(place.file, base), "line": place.line}
            for place in frames(text)
            if place.file.startswith(top) and (place.file, place.line) != (frame.file, frame.line)
        ]
    return result


def _up_to(frame: Frame, text: str) -> list[tuple[Frame, str]]:
    """The places of a report from its first to the blamed one, each with the report's text from there on."""
    found: list[tuple[Frame, str]] = []
    rest = text
    for place in frames(text):
        rest = rest[rest.index(f'File "{place.file}", line {place.line}') :]
        found.append((place, rest))
        rest = rest[1:]
        if place == frame:
            break
    return found


def _faithful(place: tuple[Frame, str]) -> bool:
    """Whether a place shows the line that its file has there.

    The source of what a decorator wraps is looked up through the wrapper, but its file's name is the wrapper's.
    """
    frame, text = place
    try:
        line = Path(frame.file).read_text(encoding="utf-8").split("\n")[frame.line - 1].strip()
    except (OSError, ValueError, IndexError):
        return False
    return line in text.partition("\n  File ")[0]


def script(make: Callable[[], Any], top: str) -> dict[str, Any]:
    """Build and compile, in this process."""
    warnings.simplefilter("ignore")
    try:
        thing = make()
    except BaseException as error:
        return {"outcome": "unbuilt", "why": f"{type(error).__name__}: {error}"[:200]}
    inside: dict[str, str] = {}
    if isinstance(thing, torch.nn.Module):
        for name, module in thing.named_modules():
            inside.setdefault(f"{type(module).__module__}:{type(module).__qualname__}", name)
    try:
        torch.jit.script(thing)
    except BaseException as error:
        return {"outcome": "reject", "error": described(error, top), "inside": inside}
    return {"outcome": "accept", "error": None, "inside": inside}


def forked(question: Callable[[], dict[str, Any]], timeout: float) -> dict[str, Any]:
    """What a question answers in a forked process; ``died`` where it crashes or takes too long.

    Args:
        question: asked there; its answer is plain data.
        timeout: seconds it may take.
    """
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(read)
            null = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(null, stream)
            resource.setrlimit(resource.RLIMIT_AS, (16 << 30, 16 << 30))
            socket.socket.connect = _offline  # type: ignore[method-assign]
            with os.fdopen(write, "w") as pipe:
                json.dump(question(), pipe)
        finally:
            os._exit(0)
    os.close(write)
    chunks: list[bytes] = []
    deadline = time.monotonic() + timeout
    while True:
        ready, _, _ = select.select([read], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            os.kill(pid, signal.SIGKILL)
            chunks.clear()
            break
        chunk = os.read(read, 1 << 16)
        if not chunk:
            break
        chunks.append(chunk)
    os.close(read)
    os.waitpid(pid, 0)
    with contextlib.suppress(ValueError):
        return cast(dict[str, Any], json.loads(b"".join(chunks)))
    return {"outcome": "died", "why": "crashed or too slow"}


def _offline(*arguments: Any) -> None:
    raise OSError("no network")


def _itself(thing: Any) -> Any:
    return thing


def builder(cls: type, attempt: int, inside: str = "") -> Callable[[], Any]:
    """What makes an instance of a class, or of a submodule of such an instance."""

    def make() -> Any:
        try:
            module = build(cls, attempt)
        except Unbuildable as error:
            raise RuntimeError(str(error)) from None
        return module.get_submodule(inside) if inside else module

    return make


class Oracle:
    """Asks about a package's definitions, and writes the records.

    Args:
        package: its import name.
        out: where the records go.
        timeout: seconds one question may take.
    """

    def __init__(self, package: str, out: Any, timeout: int) -> None:
        self.package = package
        self.out = out
        self.timeout = timeout
        self.counts: Counter[str] = Counter()
        root = importlib.import_module(package)
        self.top = os.path.dirname(root.__file__ or "") + os.sep
        self.version = str(getattr(root, "__version__", ""))

    def run(self) -> None:
        """Ask about all of it."""
        seen: set[str] = set()
        functions: list[tuple[Any, Any, dict[str, Any]]] = []
        classes: dict[str, tuple[type, dict[str, Any]]] = {}
        for module in modules(self.package, self.timeout):
            for name, thing in sorted(vars(module).items(), key=lambda item: item[0]):
                compiled = isinstance(thing, torch.jit.ScriptFunction)
                source = getattr(thing, "__wrapped__", None) if compiled else thing
                if getattr(source, "__module__", None) != module.__name__:
                    continue
                is_class = inspect.isclass(source) and issubclass(source, torch.nn.Module)
                if not is_class and not inspect.isfunction(source):
                    continue
                record = located(source, self.top)
                key = f"{module.__name__}:{getattr(source, '__qualname__', name)}"
                if record is None or key in seen:
                    continue
                seen.add(key)
                if is_class:
                    classes[key] = (cast(type, source), record)
                else:
                    functions.append((source, thing, record))
        for source, thing, record in functions:
            record |= {"kind": "function", "wrapped": hasattr(source, "__wrapped__")}
            record["predecorated"] = thing is not source
            self.write(record, forked(partial(script, partial(_itself, thing), self.top), self.timeout))
        self.ask_classes(classes)

    def ask_classes(self, classes: dict[str, tuple[type, dict[str, Any]]]) -> None:
        """First what can be built on its own, then what was found inside of it."""
        within: dict[str, tuple[type, int, str]] = {}
        open_classes: dict[str, str] = {}
        for key, (cls, record) in classes.items():
            for attempt in range(3):
                answer = forked(partial(script, builder(cls, attempt), self.top), self.timeout)
                if answer["outcome"] != "unbuilt":
                    break
            for name, path in answer.pop("inside", {}).items():
                within.setdefault(name, (cls, attempt, path))
            if answer["outcome"] in ("unbuilt", "died"):
                open_classes[key] = answer["why"]
            else:
                self.write(record | {"kind": "module", "instance": f"{cls.__qualname__} #{attempt}"}, answer)
        for key, why in open_classes.items():
            record = classes[key][1] | {"kind": "module"}
            answer = {"outcome": "unbuilt", "why": why}
            if key in within and within[key][2]:
                cls, attempt, path = within[key]
                answer = forked(partial(script, builder(cls, attempt, path), self.top), self.timeout)
                record["instance"] = f"{cls.__qualname__} #{attempt} .{path}"
            self.write(record, answer)

    def write(self, record: dict[str, Any], answer: dict[str, Any]) -> None:
        """Write one record."""
        answer.pop("inside", None)
        record = {"package": self.package, "version": self.version} | record | answer
        self.counts[f"{record['kind']} {record['outcome']}"] += 1
        self.out.write(json.dumps(record, sort_keys=True) + "\n")
        self.out.flush()


def command(description: str | None, ask: Callable[[str, IO[str], int], Counter[str]], timeout: int) -> None:
    """The command line of an oracle; the process ends with it.

    Args:
        description: what it does, in its first line.
        ask: asks about all of a package: its name, where the records go, seconds for one question; counts the outcomes.
        timeout: the seconds where the command line says nothing.
    """
    parser = argparse.ArgumentParser(description=(description or "").split("\n", 1)[0])
    parser.add_argument("package")
    parser.add_argument("--write", required=True, metavar="FILE", help="*.gz is compressed")
    parser.add_argument("--timeout", type=int, default=timeout, help=f"seconds for one question ({timeout})")
    args = parser.parse_args()
    torch.set_num_threads(1)
    opened = gzip.open if args.write.endswith(".gz") else open
    with opened(args.write, "wt", encoding="utf-8") as out:
        counts = ask(args.package, out, args.timeout)
    print(args.package, dict(sorted(counts.items())))
    os._exit(0)  # threads that an import has started don't matter


def run(package: str, out: IO[str], timeout: int) -> Counter[str]:
    """Ask about all of a package."""
    oracle = Oracle(package, out, timeout)
    oracle.run()
    return oracle.counts


if __name__ == "__main__":
    command(__doc__, run, 20)
