"""The fork server: torch imported once, one fork per question. Speaks JSON lines on stdin and stdout.

Run as a script by :class:`judge.Judge`; imports nothing of the project.
"""

from __future__ import annotations
import __future__

import ast
import gc
import importlib.util
import inspect
import io
import json
import os
import select
import signal
import sys
import time
import types
import warnings
from typing import Any

warnings.simplefilter("ignore")  # before torch: without NumPy its import warns

import torch  # noqa: E402


class Rejected(Exception):
    """The target's own definition raised: a decorator that compiles or checks."""


def load(path: str, name: str) -> types.ModuleType:
    """Import a file, its folder importable as well, statement by statement.

    So the definitions of *other* targets may raise (their decorators compile or check them), but nothing
    else.

    Raises:
        Rejected: the definition of ``name`` itself raised.
    """
    sys.path.append(os.path.dirname(path))
    module_name = "fixture_" + os.path.splitext(os.path.basename(path))[0]
    spec = importlib.util.spec_from_file_location(module_name, path)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    with open(path, encoding="utf-8") as file:
        tree = ast.parse(file.read(), path)
    flags = 0
    for statement in tree.body:
        if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
            for alias in statement.names:
                flags |= getattr(__future__, alias.name).compiler_flag
        code = compile(ast.Module([statement], []), path, "exec", flags=flags, dont_inherit=True)
        try:
            exec(code, module.__dict__)
        except Exception as error:
            defined = getattr(statement, "name", "_")
            if defined == name and (getattr(statement, "decorator_list", True)):
                raise Rejected from error
            if defined == name or defined.startswith("_"):  # annotations and defaults are Python's own
                raise
    return module


def answer(path: str, name: str, *, save: bool = False) -> dict[str, Any]:
    """Compile one target in this process, and save it if asked to: what is said then is about saving."""
    warnings.simplefilter("ignore")
    try:
        target = getattr(load(path, name), name)
        if hasattr(target, "__torch_script_interface__"):
            return {"outcome": "accept"}  # its decorator has compiled it
        if inspect.isclass(target) and issubclass(target, torch.nn.Module):
            target = target()
    except Rejected as rejected:
        error = rejected.__cause__
        return {"outcome": "reject", "type": type(error).__name__, "message": str(error)}
    except BaseException as error:
        return {"outcome": "broken", "type": type(error).__name__, "message": str(error)}
    try:
        compiled = torch.jit.script(target)
    except BaseException as error:
        return {"outcome": "broken" if save else "reject", "type": type(error).__name__, "message": str(error)}
    try:
        if save:
            torch.jit.save(compiled, io.BytesIO())
    except BaseException as error:
        return {"outcome": "reject", "type": type(error).__name__, "message": str(error)}
    return {"outcome": "accept"}


def child(write: int, request: dict[str, Any]) -> None:
    """Answer in the forked process; never returns."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    data = json.dumps(
        answer(request["path"], request["name"], **({"save": True} if request.get("save") else {}))
    ).encode()
    with os.fdopen(write, "wb") as pipe:
        pipe.write(data)
    os._exit(0)


def ask(request: dict[str, Any]) -> dict[str, Any]:
    """Fork, wait for the answer or for the child's end."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(read)
        try:
            child(write, request)
        finally:
            os._exit(1)
    os.close(write)
    chunks: list[bytes] = []
    deadline = time.monotonic() + float(request["timeout"])
    late = False
    while True:
        ready, _, _ = select.select([read], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            late = True
            os.kill(pid, signal.SIGKILL)
            break
        chunk = os.read(read, 1 << 16)
        if not chunk:
            break
        chunks.append(chunk)
    os.close(read)
    _, status = os.waitpid(pid, 0)
    if late:
        return {"outcome": "died", "message": f"no answer within {request['timeout']} s"}
    if os.WIFSIGNALED(status):
        return {"outcome": "died", "message": signal.Signals(os.WTERMSIG(status)).name}
    if not chunks:
        return {"outcome": "died", "message": f"exit status {os.WEXITSTATUS(status)}"}
    reply: dict[str, Any] = json.loads(b"".join(chunks))
    return reply


def main() -> None:
    """Serve until stdin ends."""
    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()
    for line in sys.stdin:
        sys.stdout.write(json.dumps(ask(json.loads(line))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
