"""The checker against the real compiler, on random typed functions. ``python -m differential`` runs many more."""

from __future__ import annotations

import random
import warnings

import pytest
from differential.compare import compare, function
from differential.generator import Generator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from judge import Judge


@pytest.fixture(scope="module")
def compiler() -> Judge:
    """A judge that does not wait long: folding constants, the compiler may run forever."""
    return Judge(timeout=5.0)


@settings(
    max_examples=300, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)  # fmt: skip
@given(st.randoms(use_true_random=False))
def test_agrees_with_the_compiler(compiler: Judge, source: random.Random) -> None:
    """Both accept a function, or both reject it and the compiler's line is one of ours."""
    (comparison,) = compare([Generator(source).function("f0")], compiler)
    assert comparison.agree, str(comparison)


def test_a_seed_makes_the_same_function() -> None:
    assert function(0, 7) == function(0, 7)
    assert function(0, 7) != function(1, 7)


@pytest.mark.parametrize("seed", range(40))
def test_functions_are_python(seed: int) -> None:
    warnings.simplefilter("ignore", SyntaxWarning)  # such as `1 is 2`
    for number in range(10):
        compile(function(seed, number), "random_functions.py", "exec")
