"""A run beside earlier ones: what changed, and whether that is more than the runs differ among themselves."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import fmean, stdev
from typing import Final, Literal

from loadtest.derive.summary import Summary
from loadtest.derive.timing import LatencyName
from loadtest.derive.trend import t_95

NOTICEABLE: Final = 0.05
"""With a single earlier run there is no spread to compare with; smaller changes are called the same."""

Direction = Literal["better", "worse", "same", "unknown"]
Wish = Literal["low", "high"]


@dataclass(frozen=True)
class Figure:
    """A number that runs are compared by."""

    name: str
    unit: Literal["ms", "tok/s", "req/s", "%"]
    wish: Wish
    of: Callable[[Summary], float | None]


@dataclass(frozen=True)
class Row:
    """`now` beside the mean of `before`; `margin` is half the 95 % interval that a repeat would fall into."""

    figure: Figure
    now: float | None
    before: tuple[float | None, ...]
    mean: float | None
    margin: float | None
    direction: Direction


def _latency(label: str, *, name: LatencyName, at: Literal["p50", "p99"]) -> Figure:
    def of(summary: Summary) -> float | None:
        found = summary.latencies[name]
        return None if found is None else float(getattr(found, at)) * 1000

    return Figure(f"{label} {'median' if at == 'p50' else at}", "ms", "low", of)


FIGURES: Final = (
    _latency("TTFT", name="ttft", at="p50"),
    _latency("TTFT", name="ttft", at="p99"),
    _latency("ITL", name="itl", at="p50"),
    _latency("ITL", name="itl", at="p99"),
    _latency("E2E", name="e2e", at="p50"),
    _latency("E2E", name="e2e", at="p99"),
    Figure("Output throughput", "tok/s", "high", lambda summary: summary.rates.output_tokens),
    Figure("Requests", "req/s", "high", lambda summary: summary.rates.requests),
    Figure("Goodput", "req/s", "high", lambda summary: summary.rates.good if summary.goodput else None),
    Figure("Cached tokens", "%", "high", lambda summary: _percent(summary.cache.ratio)),
    Figure("Errors", "%", "low", lambda summary: _percent(summary.outcomes.error_rate)),
)


def compare(now: Summary, *, before: Sequence[Summary]) -> tuple[Row, ...]:
    """One row per figure that any of the runs has."""
    rows = (_row(figure, now=now, before=before) for figure in FIGURES)
    return tuple(row for row in rows if row.now is not None or row.mean is not None)


def _row(figure: Figure, *, now: Summary, before: Sequence[Summary]) -> Row:
    value, earlier = figure.of(now), tuple(figure.of(one) for one in before)
    known = [one for one in earlier if one is not None]
    mean = fmean(known) if known else None
    margin = _repeat_margin(known)
    return Row(
        figure=figure,
        now=value,
        before=earlier,
        mean=mean,
        margin=margin,
        direction=_direction(value, mean=mean, margin=margin, wish=figure.wish),
    )


def _repeat_margin(values: Sequence[float]) -> float | None:
    """Half the 95 % prediction interval: where one more run of the same kind would fall."""
    if len(values) < 2:
        return None
    return t_95(len(values) - 1) * stdev(values) * math.sqrt(1 + 1 / len(values))


def _direction(now: float | None, *, mean: float | None, margin: float | None, wish: Wish) -> Direction:
    if now is None or mean is None:
        return "unknown"
    if abs(now - mean) <= (NOTICEABLE * abs(mean) if margin is None else margin):
        return "same"
    return "better" if (now < mean) == (wish == "low") else "worse"


def _percent(share: float | None) -> float | None:
    return None if share is None else share * 100
