"""``schemas.txt``: every operator's schemas, in the order in which the compiler tries them."""

from __future__ import annotations

import mmap
import re
from pathlib import Path

from torchscript_lint.library.generate import probe

_DEFINITION = re.compile(rb"\ndef (\w+)\(")
_UNKNOWN = "Unknown builtin op"
# A schema in a failure message: alone on its line, ending in a colon. Registered ones have a namespace.
_VARIANT = re.compile(r"^\s*(\w+\(.*\) -> .*):$", re.MULTILINE)


def registered() -> dict[str, list[str]]:
    """The registered operators: name to schemas, in the order of registration (``getAllOperatorsFor``)."""
    found: dict[str, list[str]] = {}
    for schema in probe.torch()._C._jit_get_all_schemas():
        found.setdefault(schema.name, []).append(str(schema))
    return found


def builtin_functions(candidates: set[str]) -> dict[str, list[str]]:
    """The functions that the compiler brings as TorchScript source (``builtin_functions.cpp``), tried after
    operators.

    Each candidate is called with an argument that no function has; the message then shows all variants.

    Args:
        candidates: qualified names to try, like ``aten::floordiv``.
    """
    builtins = probe.torch().jit._builtins

    def call() -> None:
        """Stands for the operator that is asked for."""

    found: dict[str, list[str]] = {}
    for name in sorted(candidates):
        builtins._register_builtin(call, name)
        message = probe.error_of("def f():\n  return call(no_such_argument=1)\n", {"call": call})
        if message is None:
            # No argument is missing: it takes any number of them, so it is registered, not a function.
            continue
        variants = [text for text in _VARIANT.findall(message) if "::" not in text.partition("(")[0]]
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
    """The lines of ``schemas.txt``: an operator's name, then its schemas, separated by tabs."""
    operators = registered()
    bases = {name.partition("::")[2] for name in operators if name.startswith(("aten::", "prim::"))}
    bases |= function_names_in_binary()
    candidates = {f"{space}::{base}" for space in ("aten", "prim") for base in bases}
    candidates |= set(probe.torch().jit._builtins._get_builtin_table().values())
    for name, functions in builtin_functions(candidates).items():
        operators.setdefault(name, []).extend(functions)
    return ["\t".join((name, *operators[name])) for name in sorted(operators)]
