"""The flow analysis on small programs: across functions and files, what is certain, and what is not said."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from torchscript_lint.findings import Finding
from torchscript_lint.program import Function, Program
from torchscript_lint.trace import check
from torchscript_lint.trace.analysis import Analysis
from torchscript_lint.trace.values import Val

HEAD = "import torch\nimport torch.nn.functional as F\nfrom torch import Tensor, nn\n"


def found(text: str, targets: str = "all") -> list[tuple[str, str]]:
    """``(code, severity)`` of the findings in a text, in its order."""
    return [(finding.code, finding.severity) for finding in findings(text, targets)]


def findings(text: str, targets: str = "all") -> list[Finding]:
    program = Program(["net.py"])
    module = program.add_source("net.py", HEAD + textwrap.dedent(text))
    return check(program, module, targets)


def codes(text: str, targets: str = "all") -> list[str]:
    return [code for code, _ in found(text, targets)]


def test_a_place_that_only_some_configuration_reaches_is_a_warning() -> None:
    text = """
        class Net(nn.Module):
            def __init__(self, fast: bool):
                super().__init__()
                self.fast = fast

            def forward(self, x: Tensor):
                if self.fast:
                    return x / x.max().item()
                return x / len(x)
        """
    assert found(text) == [("TS704", "warning"), ("TS707", "warning")]


def test_what_comes_after_a_refusal_is_certain() -> None:
    text = """
        class Net(nn.Module):
            def forward(self, x: Tensor, mode: str):
                if mode != "mean":
                    raise ValueError(mode)
                return x / len(x)
        """
    assert found(text) == [("TS707", "error")]


def test_the_tracer_answers_how_the_code_runs() -> None:
    text = """
        def size(x: Tensor):
            if torch.jit.is_scripting() or not torch.jit.is_tracing():
                return x / len(x)
            return x / x.shape[0]
        """
    assert found(text) == []


def test_a_parameter_that_shows_nothing_is_perhaps_a_tensor() -> None:
    assert found("def f(x):\n    return 1 if x > 0 else 2\n") == [("TS701", "warning")]
    assert found("def f(x):\n    y = x.dim()\n    return 1 if x > 0 else y\n") == [("TS701", "error")]
    assert found("def f(x: float):\n    return 1 if x > 0 else 2\n") == []
    assert found("def f(x=0.5):\n    return 1 if x > 0 else 2\n") == []


def test_unknown_is_silent() -> None:
    text = """
        def f(x: Tensor, thing):
            a = thing.lookup(x)
            b = unknown_function(x)
            if a > 0 or b > 0:
                return int(a) + len(b)
            for item in b:
                x = x + item
            return x
        """
    assert found(text) == []


def test_helpers_are_run_with_what_they_are_given() -> None:
    text = """
        def pad(n, k):
            if n % k:
                return k - n % k
            return 0

        class Net(nn.Module):
            def forward(self, x: Tensor):
                return F.pad(x, (0, pad(x.shape[-1], 8)))

        class Fixed(nn.Module):
            def forward(self, x: Tensor):
                return F.pad(x, (0, pad(30, 8)))
        """
    result = findings(text, "auto")
    assert [(finding.code, finding.target, finding.chain) for finding in result] == [
        ("TS702", "pad", ("Net.forward", "pad"))
    ]


def test_methods_are_those_of_the_class_that_is_traced() -> None:
    text = """
        class Base(nn.Module):
            def forward(self, x: Tensor):
                return self.scale(x)

            def scale(self, x):
                return x

        class Net(Base):
            def scale(self, x):
                return super().scale(x) * float(x.max())
        """
    assert [finding.chain for finding in findings(text, "auto")] == [("Base.forward", "Net.scale")]


def test_submodules_are_followed() -> None:
    text = """
        class Part(nn.Module):
            def forward(self, x, h, w):
                if h % 2:
                    x = x * 2
                return x

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.parts = nn.ModuleList([Part() for _ in range(2)])

            def forward(self, x: Tensor):
                for part in self.parts:
                    x = part(x, x.shape[0], x.shape[1])
                return x
        """
    assert found(text, "auto") == [("TS702", "error")]


def test_recursion_ends() -> None:
    text = """
        def f(x: Tensor, n: int):
            return f(x + 1, n - 1) if n else g(x)

        def g(x):
            return f(x, 3) * x.max().item()
        """
    assert "TS704" in codes(text)


def test_other_files_are_followed(tmp_path: Path) -> None:
    package = tmp_path / "pkg"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "ops.py").write_text("def halve(n):\n    return int(n / 2)\n")
    net = package / "net.py"
    net.write_text(
        HEAD + "from .ops import halve\n\nclass Net(nn.Module):\n    def forward(self, x: Tensor):\n"
        "        return x[: halve(x.shape[0])]\n"
    )
    program = Program([str(net)])
    (finding,) = check(program, program.load(str(net)), "auto")
    assert (Path(finding.path).name, finding.row, finding.code) == ("ops.py", 2, "TS705")
    assert finding.chain == ("Net.forward", "halve")


@pytest.mark.parametrize(
    "body",
    [
        "return x.view(x.shape[0], -1).expand(x.size(0), x.shape[1] * 2)",
        "return x[: x.shape[0] // 2] + torch.arange(x.shape[1])",
        "b, *rest = x.shape\n        return x.reshape(b, *rest)",
        "return torch.cat([x for _ in range(3)])",
        "return torch.where(x > 0, x, -x)",
        "q, k, v = x.chunk(3, dim=-1)\n        return q * k * v",
        "values, indices = x.max(dim=1)\n        return values + indices",
        "return x.new_zeros(x.shape) + torch.zeros_like(x)",
        "return F.interpolate(x, size=x.shape[-2:])",
        "y = x.detach()\n        y += 1\n        return y",
        "assert isinstance(x, Tensor)\n        return x",
        "return sum(x.shape) * x",
        "return x if self.flag else -x",
    ],
)
def test_what_is_recorded_is_silent(body: str) -> None:
    text = f"""
class Net(nn.Module):
    def __init__(self, flag=True):
        super().__init__()
        self.flag = flag

    def forward(self, x: Tensor):
        {body}
"""
    assert found(text) == []


def test_python_syntax_that_script_has_no_form_for_is_followed() -> None:
    text = """
        def f(x: Tensor, *rest, **options):
            scale = lambda value: value.max().item()

            def inner(y):
                return [float(v.sum()) for v in (y, x) if v.dim() > 1]

            if (n := x.shape[0]) > 3:
                pass
            with torch.no_grad():
                try:
                    z = {**options, "n": int(n)}
                finally:
                    pass
            return scale(x), inner(x)
        """
    assert sorted(set(codes(text))) == ["TS704", "TS705", "TS801", "TS804"]


def test_one_finding_for_a_line_and_a_rule() -> None:
    text = "def f(x: Tensor):\n    return 1 if x.shape[0] > 1 and x.shape[1] > 1 else 2\n"
    assert found(text) == [("TS702", "error")]


def test_scripted_functions_are_not_traced() -> None:
    text = """
        @torch.jit.script
        def f(x: Tensor):
            return x if x.sum() > 0 else -x

        class Net(nn.Module):
            def forward(self, x: Tensor):
                return f(x)
        """
    assert found(text) == []


def test_partial_and_map_give_what_they_call() -> None:
    text = """
        from functools import partial

        def part(dim: int, at: int, x: Tensor):
            return x.narrow(dim, 0, at), x.narrow(dim, at, 1)

        class Net(nn.Module):
            def forward(self, x: Tensor, y: Tensor):
                (a, b), (c, d) = map(partial(part, 1, 2), (x, y))
                some, none = map(lambda t: t.shape[1] > 2, (a, d))
                return b if some else c
        """
    assert found(text, "auto") == [("TS702", "error")]


def test_an_object_made_on_the_way_keeps_what_it_was_given() -> None:
    text = """
        from dataclasses import dataclass
        from typing import NamedTuple

        class Checked:
            def __init__(self, edges: Tensor, count):
                if edges.size(0) != 2:
                    raise ValueError(edges)
                self.edges, self.count = edges, count

        @dataclass
        class Plain:
            values: Tensor
            count: int = 0

        class Pair(NamedTuple):
            values: Tensor
            count: int

        class Net(nn.Module):
            def forward(self, x: Tensor):
                checked, plain, pair = Checked(x, x.size(1)), Plain(x), Pair(x, count=3)
                if checked.edges.sum() > 0:
                    x = x + 1
                if checked.count > 3:
                    x = x + 1
                if plain.values.sum() > 0:
                    x = x + 1
                if pair.values.sum() > pair.count:
                    x = x + 1
                return x + 1 if pair.count > 2 or plain.count else x
        """
    assert codes(text, "auto") == ["TS804", "TS701", "TS702", "TS701", "TS701"]


def test_einops_gives_tensors() -> None:
    text = """
        import einops
        from einops import rearrange
        from einops.layers.torch import Rearrange

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.split = nn.Sequential(nn.Linear(2, 4), Rearrange("b (two d) -> two b d", two=2))

            def forward(self, x: Tensor, other):
                a, b = self.split(other)
                y = rearrange(x, "b n -> n b")
                packed, shapes = einops.pack([x], "* n")
                return a + b + len(y) + float(packed.shape[0])
        """
    assert codes(text, "auto") == ["TS708", "TS707", "TS705"]


def test_a_pooling_with_indices_gives_a_pair() -> None:
    text = """
        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.pool = nn.MaxPool2d(2, return_indices=True)

            def forward(self, x: Tensor):
                y, indices = self.pool(x)
                return y / y.max().item()
        """
    assert codes(text, "auto") == ["TS704"]


def test_moving_an_attribute_is_no_update() -> None:
    text = """
        class Net(nn.Module):
            def __init__(self, mask):
                super().__init__()
                self.mask = mask
                self.seen = 0

            def forward(self, x: Tensor):
                self.mask = self.mask.to(x.device) if self.mask is not None else None
                self.seen = self.seen + x.shape[0]
                return x
        """
    assert found(text, "auto") == [("TS715", "warning"), ("TS715", "error")]


def test_a_name_that_a_module_sets_twice_is_no_constant() -> None:
    text = """
        try:
            import fast
            FAST = True
        except ImportError:
            FAST = False

        class Net(nn.Module):
            def forward(self, x: Tensor):
                if FAST:
                    return fast.norm(x)
                return x / len(x)
        """
    assert found(text, "auto") == [("TS707", "warning")]


def test_a_buffer_may_be_none() -> None:
    text = """
        class Net(nn.Module):
            def __init__(self, weight):
                super().__init__()
                self.register_buffer("weight", weight)

            def forward(self, x: Tensor):
                if self.weight is not None and x.shape[0] > 2:
                    x = x * self.weight
                return x
        """
    assert found(text, "auto") == [("TS702", "warning")]


def test_one_failing_target_leaves_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    enter = Analysis.enter

    def failing(self: Analysis, function: Function, me: Val | None) -> Val:
        if function.qualname == "Deep.forward":
            raise RecursionError("maximum recursion depth exceeded")
        return enter(self, function, me)

    monkeypatch.setattr(Analysis, "enter", failing)
    text = """
        class Deep(nn.Module):
            def forward(self, x: Tensor):
                return x

        class Other(nn.Module):
            def forward(self, x: Tensor):
                return x / len(x)
        """
    deep, other = findings(text, "auto")
    assert (deep.code, deep.target, other.code) == ("TS002", "Deep.forward", "TS707")
    assert "RecursionError: maximum recursion depth exceeded" in deep.message
