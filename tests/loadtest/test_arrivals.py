"""Arrival schedules: right means, right shapes, the same for the same seed, shared out without loss."""

from __future__ import annotations

import itertools
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtest.arrivals import Constant, Gamma, OpenArrivals, Poisson, Ramp, Step, faster, schedule

LENGTH = 2000.0


def gaps(arrivals: OpenArrivals) -> list[float]:
    times = list(schedule(arrivals, seed=1, length=LENGTH))
    return [later - earlier for earlier, later in itertools.pairwise([0.0, *times])]


def variation(values: list[float]) -> float:
    return statistics.stdev(values) / statistics.mean(values)


def test_constant_arrivals_are_evenly_spaced() -> None:
    assert list(schedule(Constant(kind="constant", rate=4), seed=0, length=1)) == [0.0, 0.25, 0.5, 0.75]


def test_poisson_gaps_have_the_rates_mean_and_vary_as_much_as_their_mean() -> None:
    found = gaps(Poisson(kind="poisson", rate=5))
    assert statistics.mean(found) == pytest.approx(0.2, rel=0.05)
    assert variation(found) == pytest.approx(1, rel=0.05)


@pytest.mark.parametrize(("shape", "expected"), [(0.25, 2.0), (4.0, 0.5)])
def test_gamma_keeps_the_mean_and_varies_by_its_shape(shape: float, expected: float) -> None:
    found = gaps(Gamma(kind="gamma", rate=5, burstiness=shape))
    assert statistics.mean(found) == pytest.approx(0.2, rel=0.06)
    assert variation(found) == pytest.approx(expected, rel=0.08)


def test_a_ramp_has_three_times_the_arrivals_in_its_second_half() -> None:
    times = list(schedule(Ramp(kind="ramp", low=1e-6, high=10), seed=2, length=LENGTH))
    late = sum(time > LENGTH / 2 for time in times)
    assert late / (len(times) - late) == pytest.approx(3, rel=0.1)
    assert len(times) == pytest.approx(5 * LENGTH, rel=0.05)


def test_each_step_has_its_rate_and_the_last_one_stays() -> None:
    step = Step(kind="step", rates=(2, 8), each=500)
    times = list(schedule(step, seed=3, length=LENGTH))
    first = sum(time < 500 for time in times)
    assert first == pytest.approx(1000, rel=0.1)
    assert len(times) - first == pytest.approx(8 * 1500, rel=0.05)


@given(seed=st.integers(0, 2**32), rate=st.floats(0.1, 50))
def test_a_seed_decides_everything(seed: int, rate: float) -> None:
    poisson = Poisson(kind="poisson", rate=rate)
    assert list(schedule(poisson, seed=seed, length=5)) == list(schedule(poisson, seed=seed, length=5))


def test_another_seed_makes_another_schedule() -> None:
    poisson = Poisson(kind="poisson", rate=5)
    assert list(schedule(poisson, seed=1, length=5)) != list(schedule(poisson, seed=2, length=5))


@pytest.mark.parametrize(
    ("arrivals", "expected"),
    [
        (Poisson(kind="poisson", rate=2), Poisson(kind="poisson", rate=6)),
        (Ramp(kind="ramp", low=1, high=2), Ramp(kind="ramp", low=3, high=6)),
        (Step(kind="step", rates=(1, 2), each=9), Step(kind="step", rates=(3, 6), each=9)),
    ],
)
def test_overload_multiplies_rates_and_nothing_else(arrivals: OpenArrivals, expected: OpenArrivals) -> None:
    assert faster(arrivals, factor=3) == expected
