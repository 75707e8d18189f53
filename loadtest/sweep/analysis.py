"""What a sweep says: each load's numbers, the knee, and the most goodput under the SLO.

The knee is where throughput per latency is greatest (Kleinrock's power): below it the machine could do more at
little cost in waiting, above it waiting grows faster than work.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import fmean, stdev

from loadtest.derive.summary import Summary
from loadtest.derive.timing import LatencyName
from loadtest.derive.trend import t_95
from loadtest.slo.model import Slo
from loadtest.verdict import Status, judge


@dataclass(frozen=True)
class Mean:
    """The mean over repeats; `margin` is half its 95 % confidence interval, None for a single run."""

    value: float
    margin: float | None


@dataclass(frozen=True)
class Point:
    """All runs of one setting at one load, as means. Latencies in seconds."""

    setting: str
    load: float
    folders: tuple[str, ...]
    """Of its runs, beside sweep.json."""
    status: Status
    """The worst of the repeats."""
    requests: Mean
    output_tokens: Mean
    ttft_p50: Mean | None
    ttft_p99: Mean | None
    itl_p50: Mean | None
    itl_p99: Mean | None
    e2e_p50: Mean | None
    goodput: Mean | None
    good_fraction: Mean | None
    cached_ratio: Mean | None
    error_rate: Mean


@dataclass(frozen=True)
class Curve:
    """One setting from its lowest to its highest load."""

    setting: str
    points: tuple[Point, ...]
    knee: Point | None
    best: Point | None
    """The point with the most goodput among those that meet the SLO."""


@dataclass(frozen=True)
class Measured:
    """A run of the sweep with its summary; `folder` lies beside sweep.json."""

    setting: str
    load: float
    summary: Summary
    folder: str = ""


def curves(runs: Sequence[Measured], *, slo: Slo) -> tuple[Curve, ...]:
    """One curve per setting, in the order in which the settings first appear."""
    order = list(dict.fromkeys(run.setting for run in runs))
    ordered = sorted(runs, key=lambda run: (order.index(run.setting), run.load))
    points = [
        _point(setting, load, tuple(group), slo=slo)
        for (setting, load), group in groupby(ordered, key=lambda run: (run.setting, run.load))
    ]
    by_setting = {setting: tuple(point for point in points if point.setting == setting) for setting in order}
    return tuple(Curve(name, own, knee=_knee(own), best=_best(own)) for name, own in by_setting.items())


def _knee(points: Sequence[Point]) -> Point | None:
    """None when the greatest power lies at either end: the sweep has not passed the knee, or begins above it."""
    usable = [point for point in points if point.status != "invalid" and point.e2e_p50]
    if len(usable) < 3:
        return None
    knee = max(usable, key=_power)
    return None if knee in {usable[0], usable[-1]} else knee


def _power(point: Point) -> float:
    return point.output_tokens.value / point.e2e_p50.value if point.e2e_p50 and point.e2e_p50.value else 0.0


def good_requests(point: Point) -> float:
    """Good requests per second; all answered ones where the SLO limits no latency."""
    return (point.goodput or point.requests).value


def _best(points: Sequence[Point]) -> Point | None:
    passing = [point for point in points if point.status == "pass"]
    return max(passing, key=good_requests, default=None)


def _point(setting: str, load: float, runs: Sequence[Measured], *, slo: Slo) -> Point:
    summaries = [run.summary for run in runs]
    statuses = {judge(summary, slo=slo).status for summary in summaries}
    status: Status = "invalid" if "invalid" in statuses else "fail" if "fail" in statuses else "pass"
    return Point(
        setting=setting,
        load=load,
        folders=tuple(run.folder for run in runs),
        status=status,
        requests=_always(summaries, lambda summary: summary.rates.requests),
        output_tokens=_always(summaries, lambda summary: summary.rates.output_tokens),
        ttft_p50=_latency(summaries, "ttft", at="p50"),
        ttft_p99=_latency(summaries, "ttft", at="p99"),
        itl_p50=_latency(summaries, "itl", at="p50"),
        itl_p99=_latency(summaries, "itl", at="p99"),
        e2e_p50=_latency(summaries, "e2e", at="p50"),
        goodput=_mean(summary.rates.good for summary in summaries if summary.goodput),
        good_fraction=_mean(summary.goodput.fraction for summary in summaries if summary.goodput),
        cached_ratio=_mean(one for one in (summary.cache.ratio for summary in summaries) if one is not None),
        error_rate=_always(summaries, lambda summary: summary.outcomes.error_rate),
    )


def _latency(summaries: Sequence[Summary], name: LatencyName, *, at: str) -> Mean | None:
    found = (summary.latencies[name] for summary in summaries)
    return _mean(float(getattr(one, at)) for one in found if one is not None)


def _always(summaries: Sequence[Summary], of: Callable[[Summary], float]) -> Mean:
    values = [of(summary) for summary in summaries]
    return Mean(fmean(values), _margin(values))


def _mean(values: Iterable[float]) -> Mean | None:
    known = list(values)
    return Mean(fmean(known), _margin(known)) if known else None


def _margin(values: Sequence[float]) -> float | None:
    if len(values) < 2:
        return None
    return t_95(len(values) - 1) * stdev(values) / math.sqrt(len(values))
