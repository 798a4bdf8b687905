"""The types that the checker infers for results, against the real compiler's schemas."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from torchscript_lint.program import Program
from torchscript_lint.script.session import Session

SOURCE = Path(__file__).parent / "data" / "inferred.py"
NAMES = [node.name for node in ast.parse(SOURCE.read_text()).body if isinstance(node, ast.FunctionDef)]

_ASK = """
import importlib.util, json, sys, warnings
warnings.simplefilter("ignore")
import torch
spec = importlib.util.spec_from_file_location("inferred", sys.argv[1])
module = sys.modules["inferred"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
types = {n: torch.jit.script(getattr(module, n)).schema.returns[0].type.annotation_str for n in sys.argv[2:]}
print(json.dumps(types))
"""


@pytest.fixture(scope="module")
def compiled() -> dict[str, str]:
    """What the real compiler infers, by function."""
    done = subprocess.run(
        [sys.executable, "-c", _ASK, str(SOURCE), *NAMES], capture_output=True, text=True, timeout=120, check=True
    )
    types: dict[str, str] = json.loads(done.stdout.splitlines()[-1])
    return types


@pytest.fixture(scope="module")
def inferred() -> dict[str, str]:
    """What the checker infers, by function."""
    program = Program([str(SOURCE)])
    module = program.load(str(SOURCE))
    session = Session(program)
    types = {}
    for name in NAMES:
        schema = session.compile(module.functions[name], None, ()).schema
        assert schema is not None
        types[name] = str(schema.returns[0])
    assert not session.findings
    return types


def spelled(text: str) -> list[str]:
    """A type's text in parts, with the members of Unions in order of the alphabet: their order means nothing."""
    # An Enum is `Enum<name>` in messages, and `name` as an annotation.
    text = re.sub(r"Enum<([\w.]+)>", r"\1", text.replace("__torch__.", ""))
    while True:
        found = re.search(r"Union\[([^\[\]]*)\]", text)
        if found is None:
            return re.findall(r"[\w.<>|()]+", text)
        members = "|".join(sorted(found[1].split(", ")))
        text = f"{text[: found.start()]}Union<{members}>{text[found.end() :]}"


@pytest.mark.parametrize("name", NAMES)
def test_inferred_return_type(name: str, inferred: dict[str, str], compiled: dict[str, str]) -> None:
    assert spelled(inferred[name]) == spelled(compiled[name])
