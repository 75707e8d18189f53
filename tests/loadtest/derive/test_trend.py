"""A creep is told from noise."""

from __future__ import annotations

import random

import pytest

from loadtest.derive.trend import t_95, trend


def noisy(slope: float) -> list[tuple[float, float]]:
    """A line with noise, one point a minute for two hours."""
    dice = random.Random(4)
    return [(60.0 * step, 100 + slope * 60 * step + dice.gauss(0, 5)) for step in range(120)]


def test_a_leak_is_found_with_its_size() -> None:
    found = trend(noisy(0.005))
    assert found
    assert found.direction == "rises"
    assert found.low < 0.005 < found.high


def test_the_interval_is_that_of_the_text_books() -> None:
    # Residuals of +-1 around a level line: s^2 = 10 / 8, the times spread by 82.5, t(8) = 2.306.
    found = trend([(float(step), 5.0 + (1 if step in {0, 3, 4, 7, 8} else -1)) for step in range(10)])
    assert found
    slope = sum((step - 4.5) * (1 if step in {0, 3, 4, 7, 8} else -1) for step in range(10)) / 82.5
    residual = 10 - slope**2 * 82.5
    assert found.slope == pytest.approx(slope)
    assert found.high - found.slope == pytest.approx(2.306 * (residual / 8 / 82.5) ** 0.5)


def test_noise_is_level() -> None:
    found = trend(noisy(0.0))
    assert found
    assert found.direction == "level"


def test_a_fall_is_a_fall() -> None:
    found = trend(noisy(-0.01))
    assert found
    assert found.direction == "falls"


def test_too_few_points_say_nothing() -> None:
    assert trend(noisy(1.0)[:7]) is None


@pytest.mark.parametrize(
    ("degrees", "value"), [(1, 12.706), (10, 2.228), (11, 2.201), (30, 2.042), (120, 1.980)]
)
def test_students_t_is_that_of_the_tables(degrees: int, value: float) -> None:
    assert t_95(degrees) == pytest.approx(value, abs=0.001)
