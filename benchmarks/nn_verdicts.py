"""Every class of ``torch.nn`` that can be built with small arguments: our verdict against the real compiler's.

For each class three questions, each answered by ``torch.jit.script`` in a forked process of its own and by
torchscript-lint:

- does an instance script (``library.nn_module(name).scripts``)?
- does a module that holds one and calls it (:data:`WRAPPER`)? Ours: the verdict on the wrapper.
- and do its findings lie where the compiler points to?

    python benchmarks/nn_verdicts.py --write benchmarks/nn_verdicts.md
"""

from __future__ import annotations

import argparse
import inspect
import json
import os
import re
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import torch
from judge import Judge
from torch import nn

from torchscript_lint import library
from torchscript_lint.library.generate.modules import ARGUMENTS, MORE, parameters
from torchscript_lint.verdicts import Module, Report, assess_paths

#: A module that holds one and passes on what it is given. The forward's signature is its own, so that the call fits.
WRAPPER = """

class {wrapper}(nn.Module):
    def __init__(self):
        super().__init__()
        self.m = nn.{name}({arguments})

    def forward(self, {signature}):
        return self.m({call})
"""
_HEAD = "from typing import *\n\nimport torch\nfrom torch import Tensor, nn\n"


@dataclass(frozen=True)
class Case:
    """One class of ``torch.nn`` and its wrappers' names: one that calls it with a single tensor, one as it wants."""

    name: str
    arguments: str
    single: str
    fitting: str


@dataclass(frozen=True)
class Row:
    """What both say of one class.

    Attributes:
        name: of the class.
        what: which of the questions.
        compiler, ours: whether it scripts; ours is None where we give no verdict.
        message: the compiler's, first line.
        places: what we found where, and the compiler's line, for people.
        at_line: where both reject and the compiler points into the file: whether a finding of ours is on its line.
    """

    name: str
    what: str
    compiler: bool
    ours: bool | None
    message: str
    places: str = ""
    at_line: bool | None = None

    @property
    def agrees(self) -> bool:
        return self.ours == self.compiler


def arguments_of(name: str, cls: Any) -> str | None:
    """The constructor's arguments as source; None where a class cannot be built from :data:`ARGUMENTS`."""
    shown = {key: repr(value) for key, value in MORE.get(name, {}).items()}
    for parameter in parameters(cls):
        variable = parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
        if variable or parameter.default is not parameter.empty:
            continue
        if parameter.name in ("encoder_layer", "decoder_layer"):
            kind = "Encoder" if parameter.name.startswith("enc") else "Decoder"
            shown[parameter.name] = f"nn.Transformer{kind}Layer(8, 2)"
        elif parameter.name in ARGUMENTS:
            shown[parameter.name] = repr(ARGUMENTS[parameter.name])
        else:
            return None
    return ", ".join(f"{key}={value}" for key, value in shown.items())


def cases() -> list[Case]:
    """The classes that can be built."""
    found = []
    for name in sorted(set(nn.modules.__all__)):
        cls = getattr(nn, name)
        if not (isinstance(cls, type) and issubclass(cls, nn.Module)) or name == "DataParallel":
            continue
        arguments = arguments_of(name, cls)
        if arguments is None:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                eval(f"nn.{name}({arguments})", {"nn": nn})
            except Exception:
                continue
        found.append(Case(name, arguments, f"One{name}", f"Fit{name}"))
    return found


def fitting(cls: Any) -> tuple[str, str]:
    """Parameters and arguments of a call that fits a module's forward: tensors for all that has no default."""
    required = [
        parameter.name
        for parameter in list(inspect.signature(cls.forward).parameters.values())[1:]
        if parameter.default is parameter.empty
        and parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    names = required or ["input"]
    return ", ".join(f"{name}: Tensor" for name in names), ", ".join(names)


def source(found: Sequence[Case]) -> str:
    """The file with all classes' instances and wrappers."""
    text = [_HEAD]
    for case in found:
        signature, call = fitting(getattr(nn, case.name))
        # `x` without annotation is a tensor: what people write.
        text.append(
            WRAPPER.format(wrapper=case.single, name=case.name, arguments=case.arguments, signature="x", call="x")
        )
        text.append(
            WRAPPER.format(
                wrapper=case.fitting, name=case.name, arguments=case.arguments, signature=signature, call=call
            )
        )
    # The instance itself: a factory, as the judge asks for a class that is made without arguments.
    for case in found:
        text.append(f"\n\ndef Make{case.name}():\n    return nn.{case.name}({case.arguments})\n")
    return "".join(text)


def rows(folder: Path) -> Iterator[Row]:
    """Ask both."""
    found = cases()
    path = folder / "wrappers.py"
    path.write_text(source(found), encoding="utf-8")
    report = assess_paths([str(path)]).report
    ours = {module.name: module for module in report.given}
    judge = Judge()
    try:
        for case in found:
            known = library.nn_module(case.name)
            yield _instance(judge, folder, case, known.scripts if known is not None else None)
            for name, what in ((case.single, "called with x"), (case.fitting, "called as its forward wants")):
                verdict = judge.script(path, name)
                module = ours[name]
                scripts = {"no": False, "yes": True, "open": True}.get(module.script.state)
                lines = {report.findings[reached.finding].row for reached in module.script.errors}
                at_line = None
                if (
                    scripts is False
                    and not verdict.accepted
                    and verdict.file == str(path)
                    and not module.script.refused
                ):
                    at_line = verdict.line in lines
                places = _places(report, module, verdict.line)
                yield Row(case.name, what, verdict.accepted, scripts, verdict.headline, places, at_line)
    finally:
        judge.close()


def _instance(judge: Judge, folder: Path, case: Case, scripts: bool | None) -> Row:
    """An instance by itself: a class without arguments of its own stands for it."""
    path = folder / f"only_{case.name}.py"
    path.write_text(
        f"{_HEAD}\n\nclass Holder(nn.Module):\n    def __new__(cls):\n        return nn.{case.name}({case.arguments})\n"
    )
    verdict = judge.script(path, "Holder")
    return Row(case.name, "by itself", verdict.accepted, scripts, verdict.headline)


def _places(report: Report, module: Module, line: int | None) -> str:
    found = [report.findings[reached.finding] for reached in module.script.errors]
    shown = ", ".join(f"{one.code} line {one.row}" for one in found)
    return f"{shown or 'none'} / compiler: {line}" if shown or line else ""


def table(found: Sequence[Row]) -> str:
    """The committed page."""
    wrong = [row for row in found if not row.agrees or row.at_line is False]
    lines = [
        "# torch.nn: our verdicts and the compiler's\n",
        "Written by `python benchmarks/nn_verdicts.py --write benchmarks/nn_verdicts.md` on torch "
        f"{library.version()}: every "
        "class of torch.nn that can be built with small arguments, by itself and held by a module that calls it.\n",
        "| | classes | accepted by the compiler | agreement | rejected at the very line |",
        "|---|---|---|---|---|",
    ]
    for what in dict.fromkeys(row.what for row in found):
        own = [row for row in found if row.what == what]
        agree = sum(row.agrees for row in own)
        accepted = sum(row.compiler for row in own)
        judged = [row.at_line for row in own if row.at_line is not None]
        at_line = f"{sum(judged)} of {len(judged)}" if judged else ""
        lines.append(f"| {what} | {len(own)} | {accepted} | {agree} of {len(own)} | {at_line} |")
    lines += ["", "## Where they differ\n"]
    if not wrong:
        lines.append("Nowhere.")
    for row in wrong:
        said = "accepts" if row.compiler else f"rejects: {row.message[:140]}"
        ours = {True: "scripts", False: "does not script", None: "no verdict"}[row.ours]
        lines.append(f"- `nn.{row.name}` {row.what}: we say {ours} ({row.places}), the compiler {said}")
    return "\n".join(lines) + "\n"


def main(argv: Sequence[str] | None = None) -> int:
    """0 where both agree on every class."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", metavar="FILE", help="write the table there")
    parser.add_argument("--json", action="store_true", help="print all rows")
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        found = list(rows(Path(os.path.realpath(folder))))
    text = re.sub(r"/\S*/(?=only_|wrappers)", "", table(found))
    if arguments.json:
        print(json.dumps([row.__dict__ for row in found], indent=2))
    elif arguments.write:
        Path(arguments.write).write_text(text, encoding="utf-8")
    else:
        print(text)
    return 0 if all(row.agrees and row.at_line is not False for row in found) else 1


if __name__ == "__main__":
    torch.set_num_threads(1)
    sys.exit(main())
