"""What is compiled: the entry points that ``--targets auto`` finds, held against the real compiler."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest
from judge import Judge

from torchscript_lint import script
from torchscript_lint.findings import Finding
from torchscript_lint.program import Program
from torchscript_lint.rules import BY_CODE

MEMBERS = Path(__file__).parent / "data" / "compiled_members.py"
CASES = {
    node.name: node
    for node in ast.parse(MEMBERS.read_text()).body
    if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_")
}


@cache
def members() -> tuple[Finding, ...]:
    program = Program([str(MEMBERS)])
    found = script.check(program, program.load(str(MEMBERS)), "auto")
    return tuple(finding for finding in found if BY_CODE[finding.code].proof != "save")


def lint(text: str, targets: str = "auto") -> list[Finding]:
    """The findings in a text, imports of torch put before it on its first line."""
    program = Program()
    module = program.add_source("case.py", "import torch; from torch import nn\n" + text)
    return script.check(program, module, targets)


def rows(text: str, targets: str = "auto") -> list[int]:
    """The rows of the set literals that are found to be compiled, counted from the text's first line."""
    return [finding.row - 1 for finding in lint(text, targets) if finding.code == "TS132"]


@pytest.mark.parametrize("name", [name for name in CASES if name != "Inner"])
def test_members(judge: Judge, name: str) -> None:
    """A class or function of the data file: the first finding that it leads to is where the compiler stops."""
    verdict = judge.script(MEMBERS, name)
    node = CASES[name]
    inside = range(node.lineno, (node.end_lineno or 0) + 1)
    own = [finding for finding in members() if finding.chain[0].partition(".")[0] == name]
    if verdict.accepted:
        assert not own
    else:
        assert verdict.line is not None, verdict.message
        line = verdict.line
        found = [f for f in members() if f.row == line]
        assert found, f"line {line}: {verdict.message}"
        assert all(finding.severity == "error" for finding in found)
        if line in inside:
            assert {finding.row for finding in own} == {line}


def test_inner_class_is_a_target() -> None:
    node = CASES["Inner"]
    assert [f.row for f in members() if f.target == "Inner.Net.forward"] == [node.lineno + 3]


# --- what is handed over ---------------------------------------------------------------------------

FUNCTION = "def f(x):\n    return {1}\n"
MODULE = "class Net(nn.Module):\n    def forward(self, x):\n        return {1}\n"


@pytest.mark.parametrize(
    "call",
    [
        "torch.jit.script(f)",
        "g = torch.jit.script(f)",
        "def main():\n    return torch.jit.script(f)",
        "class Tool:\n    def run(self):\n        self.f = torch.jit.script(f)",
        "class Tool:\n    f = torch.jit.script(f)",
        "if True:\n    torch.jit.script(f)",
        "from torch.jit import script as compiled\ncompiled(f)",
        "from torch import jit\nprint(jit.script(f))",
        "call = f\ntorch.jit.script(call)",
        "torch.jit.save(torch.jit.script(f), 'f.pt')",
        "torch.jit.script_if_tracing(f)",
    ],
)
def test_function_handed_over(call: str) -> None:
    assert rows(FUNCTION) == []
    assert rows(FUNCTION + call + "\n") == [2]


def test_name_of_another_value() -> None:
    assert rows(FUNCTION + "def main(f):\n    return torch.jit.script(f)\n") == []
    assert rows(FUNCTION + "def main(h):\n    f = h()\n    return torch.jit.script(f)\n") == []


def test_local_function_handed_over() -> None:
    text = "def main():\n    def f(x):\n        return {1}\n    return torch.jit.script(f)\n"
    assert rows(text) == [3]
    assert [finding.chain for finding in lint(text)] == [("main.<locals>.f",)]


def test_lambda_handed_over() -> None:
    assert [(f.row, f.code) for f in lint("torch.jit.script(lambda x: x)\n")] == [(2, "TS211")]
    assert [(f.row, f.code) for f in lint("g = lambda x: x\ntorch.jit.script(g)\n")] == [(2, "TS211")]


def test_module_class_handed_over() -> None:
    text = MODULE.replace("{1}", "x")
    assert [(f.row, f.code) for f in lint(text + "torch.jit.script(Net)\n")] == [(5, "TS221")]
    assert lint(text + "torch.jit.script(Net())\n") == []
    assert lint(text + "net = Net().eval()\ntorch.jit.script(net)\n") == []


def test_plain_class_handed_over() -> None:
    text = "class Point:\n    def __init__(self):\n        self.x = 1\n    def f(self):\n        return {1}\n"
    assert rows(text) == []
    assert rows(text + "torch.jit.script(Point)\n") == [5]


def test_object_handed_over() -> None:
    text = "class Point:\n    def __init__(self):\n        self.x = 1\n    def f(self):\n        return {1}\n"
    assert rows(text + "torch.jit.script(Point())\n") == [5]


@pytest.mark.parametrize(
    "call",
    [
        "torch.jit.script(Net().run)",
        "net = Net()\ntorch.jit.script(net.run)",
        "torch.jit.script(Net.run)",
        "def main():\n    net = Net().eval()\n    return torch.jit.script(net.run)",
    ],
)
def test_bound_method_handed_over(call: str) -> None:
    """It is compiled as a function: what it calls `self` is a tensor."""
    text = (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.fc = nn.Linear(2, 2)\n"
        "    def run(self, x):\n        return self.fc(x)\n    def forward(self, x):\n        return x\n"
    )
    assert lint(text) == []
    assert [(f.row - 1, f.code) for f in lint(text + call + "\n")] == [(6, "TS660")]


def test_every_branch_is_checked() -> None:
    text = "if x:\n    def f(x):\n        return {1}\nelse:\n    def f(x):\n        return {2}\n"
    assert rows(text + "torch.jit.script(f)\n") == [3, 6]
    assert rows(text, "all") == [3, 6]


def test_redefinition() -> None:
    text = FUNCTION + "def f(x):\n    return {2}\n"
    assert rows(text + "torch.jit.script(f)\n") == [4]
    assert rows(text, "all") == [2, 4]


# --- classes ---------------------------------------------------------------------------------------


def test_module_class_without_a_call() -> None:
    assert rows(MODULE) == [3]


@pytest.mark.parametrize(
    ("base", "expected"),
    [("BaseModule", [4]), ("lib.SomeModule", [4]), ("Something", []), ("object", []), ("nn.Linear", [4])],
)
def test_unknown_base(base: str, expected: list[int]) -> None:
    text = "from somewhere import BaseModule, Something, lib\n" + MODULE.replace("nn.Module", base)
    assert rows(text) == expected


@pytest.mark.parametrize(("name", "expected"), [("transforms.v2.Resize", []), ("transforms.Resize", [3])])
def test_prepared_transform(name: str, expected: list[int]) -> None:
    # torchvision is not there: that its transforms name another module to compile is known without asking.
    text = f"""from torchvision import transforms
class Resize({name}):
    def forward(self, x): return x + {{1}}"""
    assert rows(text, "all") == expected


def test_class_in_a_function() -> None:
    text = "def make():\n" + "".join(f"    {line}\n" for line in MODULE.splitlines())
    assert rows(text) == [4]
    assert rows(text.replace("nn.Module", "base").replace("make()", "make(base)")) == []


def test_chain() -> None:
    text = (
        "class Base(nn.Module):\n    def forward(self, x):\n        return self.step(x)\n"
        "    def step(self, x):\n        return helper(x)\n"
        "class Sub(Base):\n    def step(self, x):\n        return {2}\n"
        "def helper(x):\n    return {1}\n"
    )
    found = {finding.row - 1: finding for finding in lint(text)}
    assert found[10].chain == ("Base.forward", "Base.step", "helper")
    assert found[10].target == "helper"
    assert found[8].chain == ("Sub", "Base.forward", "Sub.step")


# --- all -------------------------------------------------------------------------------------------


def test_all_takes_every_function() -> None:
    text = (
        "def outer(x):\n    def inner(x):\n        return {1}\n    return x\n"
        "class Tool:\n    def run(self, x):\n        return {2}\n    class Part:\n        def run(self, x):\n"
        "            return {3}\n    @staticmethod\n    def static(x):\n        return {4}\n"
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        self.x = {5}\n"
        "    def forward(self, x):\n        return x\n    def helper(self, x):\n        return {6}\n"
        "    @torch.jit.ignore\n    def ignored(self, x):\n        return {7}\n"
        "    @torch.jit.unused\n    def unused(self, x):\n        return {8}\n"
    )
    assert rows(text) == []
    assert rows(text, "all") == [3, 7, 10, 13, 21]


def test_async_and_generators() -> None:
    text = "async def f(x):\n    return {1}\nclass Net(nn.Module):\n    async def forward(self, x):\n        return x\n"
    assert [(f.row - 1, f.code) for f in lint(text)] == [(4, "TS210")]
    assert [(f.row - 1, f.code) for f in lint(text, "all")] == [(1, "TS210"), (4, "TS210")]
    text = "class Net(nn.Module):\n    def forward(self, x):\n        yield x\n"
    assert [(f.row - 1, f.code) for f in lint(text)] == [(3, "TS134")]


def test_findings_are_sorted_and_unique() -> None:
    text = MODULE + "torch.jit.script(Net())\n@torch.jit.script\n" + FUNCTION + "torch.jit.script(f)\n"
    for targets in ("auto", "all"):
        found = lint(text, targets)
        assert found == sorted(found)
        assert [finding.row - 1 for finding in found] == [3, 7]


def test_one_failing_target_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    from torchscript_lint.script import targets

    compile_ = targets._compile

    def failing(session: object, target: targets.Target) -> None:
        if target.definition.name == "f":
            raise ZeroDivisionError("no way")
        compile_(session, target)  # type: ignore[arg-type]

    monkeypatch.setattr(targets, "_compile", failing)
    found = lint("@torch.jit.script\n" + FUNCTION + "@torch.jit.script\n" + FUNCTION.replace(" f(", " g("))
    assert [(finding.row - 1, finding.code) for finding in found] == [(2, "TS002"), (6, "TS132")]
    assert "ZeroDivisionError: no way" in found[0].message


def test_a_base_that_is_one_or_another_leaves_it_open() -> None:
    text = """try_v2 = torch.rand(1) > 0
if try_v2:
    from first import Transform
else:
    from second import Transform
class Resize(Transform):
    def forward(self, x): return x + {1}
class Settled(object):
    def forward(self, x): return x + {1}"""
    found = {(finding.row, finding.severity) for finding in lint(text, "all") if finding.code == "TS132"}
    assert found == {(8, "warning"), (10, "error")}


def test_values_that_rest_on_each_other() -> None:
    names = range(60)
    text = "".join(
        f"def f{n}(): return f{n + 1}() + f{n + 1}() + f{n}()\nV{n} = f{n}() + V{n + 1} + V{n + 1}\n" for n in names
    )
    text += "def f60(): return f0()\nV60 = 3\ndef use(x): return x + V30 + V0\n"
    found = [(finding.code, finding.target) for finding in lint(text, "all") if finding.target == "use"]
    assert found == [("TS501", "use"), ("TS501", "use")]
