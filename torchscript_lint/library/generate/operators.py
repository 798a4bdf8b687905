"""``schemas.txt``: every operator's schemas, in the order in which the compiler tries them."""

from __future__ import annotations

import mmap
import re
from pathlib import Path

from torchscript_lint.library.generate import probe

_DEFINITION = re.compile(rb"\ndef (\w+)\(")
# A schema in a failure message: alone on its line, ending in a colon.
_VARIANT = re.compile(r"^\s*([\w:.]+\(.*\) -> .*):$", re.MULTILINE)


def registered() -> dict[str, list[str]]:
    """The registered operators: name to schemas, in the order of registration (``getAllOperatorsFor``)."""
    found: dict[str, list[str]] = {}
    for schema in probe.torch()._C._jit_get_all_schemas():
        found.setdefault(schema.name, []).append(str(schema))
    return found


def tried(candidates: set[str]) -> dict[str, list[str]]:
    """What the compiler tries for each operator name.

    Each is called with an argument that nothing takes; the message then shows all variants. They differ from
    the registered ones: a few of these are hidden (``aten::view.dtype``), and functions that the compiler
    brings as TorchScript source follow (``builtin_functions.cpp``).

    Args:
        candidates: qualified names, like ``aten::floordiv``; those that do not exist are left out of the
            answer.
    """
    builtins = probe.torch().jit._builtins

    def call() -> None:
        """Stands for the operator that is asked for."""

    found: dict[str, list[str]] = {}
    for name in sorted(candidates):
        builtins._register_builtin(call, name)
        message = probe.error_of("def f():\n  return call(no_such_argument=1)\n", {"call": call})
        variants = _VARIANT.findall(message or "")
        if variants:
            found[name] = variants
    del builtins._get_builtin_table()[id(call)]
    return found


def function_names_in_binary() -> set[str]:
    """The names of all functions whose TorchScript source is embedded in torch's own library."""
    library = Path(probe.torch().__file__).parent / "lib"
    names: set[str] = set()
    for path in sorted(library.glob("*torch_cpu.*")):
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            names |= {match.group(1).decode() for match in _DEFINITION.finditer(data)}
    return names


def generate() -> list[str]:
    """The lines of ``schemas.txt``: an operator's name, then its schemas, separated by tabs.

    Raises:
        RuntimeError: the compiler's message showed none of a registered operator's schemas.
    """
    operators = set(registered())
    bases = {name.partition("::")[2] for name in operators if name.startswith(("aten::", "prim::"))}
    bases |= function_names_in_binary()
    candidates = operators | {f"{space}::{base}" for space in ("aten", "prim") for base in bases}
    candidates |= set(probe.torch().jit._builtins._get_builtin_table().values())
    found = tried(candidates)
    silent = operators - set(found)
    if silent:
        raise RuntimeError(f"no schema in the message for {', '.join(sorted(silent))}")
    return ["\t".join((name, *found[name])) for name in sorted(found)]
