"""The inputs that the benchmark's tracing tries: tensors of one make, and others like them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "benchmarks"))

from feeding import candidates, others, tensors  # noqa: E402
from trace_oracle import spans, traced  # noqa: E402


class Attend(torch.nn.Module):
    def forward(self, x, mask, heads: int, extra=None):  # type: ignore[no-untyped-def]
        if x.shape[1] > 20:
            x = x * 2
        return {"y": x.masked_fill(~mask.unsqueeze(-1), 0.0) / heads, "n": None}


def test_parameters_without_a_default_are_given() -> None:
    first = next(candidates(Attend()))
    assert len(first) == 3
    assert first[1].dtype == torch.bool and first[2] == 8


def test_other_inputs_are_of_the_same_make() -> None:
    inputs = (torch.rand(2, 4, 8), torch.ones(2, 4, dtype=torch.bool), 3)
    found = list(others(inputs))
    assert {word for word, _ in found} == {"values", "batch", "size"}
    for _, other in found:
        assert other[2] == 3
        assert [tensor.dtype for tensor in tensors(other)] == [torch.float32, torch.bool]
        assert other[0].shape[:2] == other[1].shape
        assert float(other[0].min()) >= 0


def test_a_module_is_fed_and_compared() -> None:
    record = traced(Attend, str(Path(__file__).parent) + "/")
    assert record["outcome"] == "traced" and record["raised"] is None
    assert [(warning["file"], warning["line"]) for warning in record["warnings"]] == [("tests/test_feeding.py", 19)]
    assert set(record["differs"]) == {"size"}
    assert record["executed"]["tests/test_feeding.py"] == [[19, 19], [21, 21]]


def test_lines_become_spans() -> None:
    assert spans({3, 1, 2, 7}) == [[1, 3], [7, 7]]
