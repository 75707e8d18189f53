"""Exact order statistics of a sample, and the `Distribution` a report quotes.

Nothing is rounded, binned or sketched before a percentile is taken: a sample keeps every distinct value with
its count. Pooled gaps between chunks are whole microseconds, so even an hour of streams stays small.
Percentiles interpolate linearly between the closest ranks (type 7 of Hyndman and Fan), as NumPy does by
default and with it `sglang.benchmark.serving` and aiperf.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Final, Literal

MOST_BINS: Final = 40
FEWEST_BINS: Final = 8
FAR_OUT: Final = 6
"""Where the 99th percentile is this many times the 75th, equal bins would show one bar."""
CURVE: Final = (*(step / 100 for step in range(100)), 0.995, 0.999, 1.0)
"""Probabilities at which `Distribution.curve` is taken."""


@dataclass(frozen=True)
class Sample:
    """Distinct values in ascending order, and how many values lie at or below each."""

    values: tuple[float, ...]
    cumulative: tuple[int, ...]

    @staticmethod
    def of(values: Iterable[float]) -> Sample:
        """The sample of single values."""
        return Sample.of_counts(Counter(values))

    @staticmethod
    def of_counts(counts: Mapping[float, int], *, scale: float = 1.0) -> Sample:
        """The sample of values that are already counted; each value is multiplied by `scale`."""
        ordered = sorted(counts.items())
        return Sample(
            values=tuple(value * scale for value, _ in ordered),
            cumulative=tuple(accumulate(count for _, count in ordered)),
        )

    @property
    def count(self) -> int:
        """How many values there are."""
        return self.cumulative[-1] if self.cumulative else 0

    def weighted(self) -> Iterable[tuple[float, int]]:
        """Each distinct value with its count."""
        before = 0
        for value, cumulative in zip(self.values, self.cumulative, strict=True):
            yield value, cumulative - before
            before = cumulative

    def mean(self) -> float:
        """Arithmetic mean; the sample must not be empty."""
        return math.fsum(value * count for value, count in self.weighted()) / self.count

    def std(self) -> float:
        """Standard deviation of the population (divided by n, as the peers do)."""
        mean = self.mean()
        return math.sqrt(
            math.fsum(count * (value - mean) ** 2 for value, count in self.weighted()) / self.count
        )

    def at_rank(self, rank: int) -> float:
        """The value at a zero-based rank of the sorted sample."""
        return self.values[bisect_right(self.cumulative, rank)]

    def quantile(self, probability: float) -> float:
        """The quantile of a probability between 0 and 1; the sample must not be empty."""
        position = probability * (self.count - 1)
        below = math.floor(position)
        low = self.at_rank(below)
        if position == below:
            return low
        return low + (position - below) * (self.at_rank(below + 1) - low)


@dataclass(frozen=True)
class Histogram:
    """Counts in bins from `low` to `high` (the 99th percentile); `beyond` lies above.

    The bins are equally wide, or equally wide on a logarithmic axis where a few values lie far out.
    """

    low: float
    high: float
    counts: tuple[int, ...]
    beyond: int
    kind: Literal["linear", "log"]


@dataclass(frozen=True)
class Distribution:
    """What a report says of one number. Unit: that of the values."""

    count: int
    mean: float
    std: float
    min: float
    p50: float
    p75: float
    p90: float
    p95: float
    p99: float
    p999: float
    max: float
    curve: tuple[float, ...]
    """The quantiles at `CURVE`."""
    histogram: Histogram


def distribution(sample: Sample) -> Distribution | None:
    """None for an empty sample: a number that was not measured is absent, not zero."""
    if not sample.count:
        return None
    quantile = sample.quantile
    return Distribution(
        count=sample.count,
        mean=sample.mean(),
        std=sample.std(),
        min=sample.values[0],
        p50=quantile(0.5),
        p75=quantile(0.75),
        p90=quantile(0.9),
        p95=quantile(0.95),
        p99=quantile(0.99),
        p999=quantile(0.999),
        max=sample.values[-1],
        curve=tuple(quantile(probability) for probability in CURVE),
        histogram=_histogram(sample),
    )


def _histogram(sample: Sample) -> Histogram:
    low, high = sample.values[0], sample.quantile(0.99)
    kind: Literal["linear", "log"] = "log" if low > 0 and high > FAR_OUT * sample.quantile(0.75) else "linear"
    along: Callable[[float], float] = math.log if kind == "log" else float
    start, length = along(low), along(high) - along(low)
    bins = min(MOST_BINS, max(FEWEST_BINS, round(2 * math.sqrt(sample.count))))
    counts = [0] * bins
    beyond = 0
    for value, count in sample.weighted():
        if value > high:
            beyond += count
        else:
            share = (along(value) - start) / length if length else 0.0
            counts[min(int(share * bins), bins - 1)] += count
    return Histogram(low=low, high=high, counts=tuple(counts), beyond=beyond, kind=kind)
