"""Percentiles are exact: they agree with the standard library's on any sample, counted or not."""

from __future__ import annotations

from collections import Counter
from statistics import fmean, pstdev, quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtest.derive.sample import CURVE, Sample, distribution

microseconds = st.lists(st.integers(min_value=0, max_value=10_000_000), min_size=2, max_size=300)


@given(microseconds)
def test_percentiles_are_those_of_the_standard_library(values: list[int]) -> None:
    sample = Sample.of(values)
    wanted = quantiles(values, n=1000, method="inclusive")
    for probability in (0.001, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999):
        assert sample.quantile(probability) == pytest.approx(wanted[round(probability * 1000) - 1], abs=1e-6)
    assert (sample.quantile(0), sample.quantile(1)) == (min(values), max(values))


@given(microseconds)
def test_counted_values_make_the_same_sample(values: list[int]) -> None:
    counted = Sample.of_counts(Counter(values), scale=0.001)
    assert counted.cumulative == Sample.of(values).cumulative
    assert counted.mean() == pytest.approx(fmean(values) / 1000)
    assert counted.std() == pytest.approx(pstdev(values) / 1000, abs=1e-9)


@given(microseconds)
def test_a_histogram_loses_nobody(values: list[int]) -> None:
    found = distribution(Sample.of(values))
    assert found
    assert sum(found.histogram.counts) + found.histogram.beyond == found.count == len(values)
    assert list(found.curve) == sorted(found.curve)
    assert len(found.curve) == len(CURVE)


def test_a_tail_that_would_flatten_the_bars_gets_a_logarithmic_axis() -> None:
    plain = distribution(Sample.of([0.02 + 0.0001 * step for step in range(1000)]))
    tailed = distribution(Sample.of([0.05] * 900 + [5.0] * 100))
    assert plain
    assert tailed
    assert (plain.histogram.kind, tailed.histogram.kind) == ("linear", "log")


def test_what_was_not_measured_is_absent() -> None:
    assert distribution(Sample.of([])) is None


def test_one_value_is_all_its_percentiles() -> None:
    found = distribution(Sample.of([0.25]))
    assert found
    assert {found.min, found.p50, found.p99, found.p999, found.max, found.mean} == {0.25}
    assert found.std == 0
