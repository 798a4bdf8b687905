"""torch.nn, class by class: our verdict is the compiler's."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

pytest.importorskip("torch")
sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))

import nn_verdicts

#: These have no forward: what is called is nn.Module's own, which takes any number of arguments.
WITHOUT_FORWARD = {"Container", "Module", "ParameterDict", "ParameterList", "RNNBase", "RNNCellBase"}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> list[nn_verdicts.Row]:
    return list(nn_verdicts.rows(tmp_path_factory.mktemp("nn").resolve()))


def test_every_class_is_asked_about(rows: list[nn_verdicts.Row]) -> None:
    assert len({row.name for row in rows}) >= 160
    assert {"Conv2d", "LSTM", "MultiheadAttention", "Transformer", "ModuleList"} <= {row.name for row in rows}
    by_what = {row.what: [one.compiler for one in rows if one.what == row.what] for row in rows}
    assert all(any(said) and not all(said) for said in by_what.values()), "one of the answers never comes"


def test_an_instance(rows: list[nn_verdicts.Row]) -> None:
    wrong = [row for row in rows if row.what == "by itself" and not row.agrees]
    assert not wrong


def test_a_module_that_holds_and_calls_one(rows: list[nn_verdicts.Row]) -> None:
    wrong = [row for row in rows if row.what != "by itself" and not row.agrees]
    assert {row.name for row in wrong} <= WITHOUT_FORWARD, [row for row in wrong if row.name not in WITHOUT_FORWARD]


def test_the_line(rows: list[nn_verdicts.Row]) -> None:
    judged = [row for row in rows if row.at_line is not None]
    assert len(judged) >= 20
    assert not [row for row in judged if not row.at_line]
