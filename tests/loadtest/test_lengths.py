"""Length distributions."""

from __future__ import annotations

import random
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtest.lengths import Fixed, Length, Lognormal, Normal, Uniform, draw


def sample(length: Length) -> list[int]:
    rng = random.Random(7)
    return [draw(length, rng) for _ in range(5000)]


def test_fixed_is_fixed() -> None:
    assert set(sample(Fixed(tokens=12))) == {12}


def test_uniform_reaches_both_ends() -> None:
    found = sample(Uniform(kind="uniform", low=3, high=9))
    assert set(found) == set(range(3, 10))


def test_normal_has_its_mean_and_deviation() -> None:
    found = sample(Normal(kind="normal", mean=500, deviation=50))
    assert statistics.mean(found) == pytest.approx(500, rel=0.01)
    assert statistics.stdev(found) == pytest.approx(50, rel=0.05)


def test_lognormal_has_its_median_and_a_long_tail() -> None:
    found = sample(Lognormal(kind="lognormal", median=200, spread=1.0))
    assert statistics.median(found) == pytest.approx(200, rel=0.05)
    assert statistics.mean(found) > 1.4 * statistics.median(found)


@given(seed=st.integers(), low=st.integers(1, 50), more=st.integers(0, 50))
def test_cut_distributions_stay_between_their_bounds(seed: int, low: int, more: int) -> None:
    length = Lognormal(kind="lognormal", median=40, spread=2.0, low=low, high=low + more)
    assert low <= draw(length, random.Random(seed)) <= low + more
