"""Write the data files: ``python -m torchscript_lint.library.generate [FILE...]`` (default: all)."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "data"


def makers() -> dict[str, Callable[[], list[str]]]:
    """The data files and what makes the lines of each."""
    from torchscript_lint.library.generate import methods, modules, names, operators

    def known_operators() -> frozenset[str]:
        return frozenset(line.partition("\t")[0] for line in operators.generate())

    return {
        "schemas.txt": operators.generate,
        "names.txt": lambda: names.generate(known_operators()),
        "tuples.txt": names.named_tuples,
        "methods.txt": lambda: methods.generate(known_operators()),
        "modules.txt": modules.generate,
    }


def main(arguments: list[str]) -> int:
    """Write the files that are named, or all; 2 for a name that is none of them."""
    warnings.simplefilter("ignore")
    from torchscript_lint.library.generate import probe

    known = makers()
    for name in arguments or known:
        if name not in known:
            print(f"{name}: not one of {', '.join(known)}", file=sys.stderr)
            return 2
        lines = sorted(known[name]())
        version = str(probe.torch().__version__).partition("+")[0]
        (FOLDER / name).write_text("\n".join((f"torch {version}", *lines, "")), encoding="utf-8")
        print(f"{name}: {len(lines)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
