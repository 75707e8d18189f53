"""Axes: round ticks that enclose the values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtest.report.scale import Scale, clock_ticks, linear_ticks, log_ticks


@given(st.floats(min_value=1e-6, max_value=1e9), st.integers(min_value=2, max_value=8))
def test_linear_ticks_reach_the_highest_value_in_few_steps(high: float, most: int) -> None:
    ticks = linear_ticks(high, most=most)
    assert ticks[0] == 0
    assert ticks[-1] >= high * (1 - 1e-6)
    assert len(ticks) <= most + 1


@given(st.floats(min_value=1e-3, max_value=1e5), st.floats(min_value=1.0, max_value=1e4))
def test_logarithmic_ticks_enclose_the_values(low: float, spread: float) -> None:
    ticks = log_ticks(low, low * spread)
    assert ticks[0] <= low * (1 + 1e-6)
    assert ticks[-1] >= low * spread * (1 - 1e-6)
    assert 1 <= len(ticks) <= 10


@pytest.mark.parametrize(
    ("high", "ticks"),
    [(60, (0, 15, 30, 45, 60)), (300, (0, 60, 120, 180, 240, 300)), (7200, (0, 1800, 3600, 5400, 7200))],
)
def test_moments_are_round_by_the_clock(high: float, ticks: tuple[float, ...]) -> None:
    assert clock_ticks(high, most=5) == ticks


def test_a_percentile_axis_gives_each_nine_the_same_room() -> None:
    x = Scale("percentile", 0.0, 0.999, 0, 300)
    assert [round(x(share)) for share in (0, 0.9, 0.99, 0.999)] == [0, 100, 200, 300]
