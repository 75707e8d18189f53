"""Which charts a run's report has, and what they say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final, get_args

from loadtest.derive.memory import by_bucket
from loadtest.derive.sample import CURVE, Distribution
from loadtest.derive.series import Values
from loadtest.derive.summary import Summary
from loadtest.derive.timing import LatencyName
from loadtest.numbers import MIB, clock, plain, size, tick, whole
from loadtest.report.chart import Bars, Chart, Limit, Line, Points, Tone
from loadtest.report.naming import short_names

REPLICA_TONES: Final[tuple[Tone, ...]] = tuple(tone for tone in get_args(Tone) if tone.startswith("r"))
MOST_LINES: Final = len(REPLICA_TONES)
WARM_UP: Final = "warm-up"


def over_time(summary: Summary) -> tuple[Chart, ...]:
    """What happened when."""
    series = summary.series
    charts = (
        _waits(
            summary, title="Time to first token", median=series.ttft_p50, tail=series.ttft_p99, name="ttft"
        ),
        _waits(summary, title="Gap between tokens", median=series.itl_p50, tail=series.itl_p99, name="itl"),
        _waits(summary, title="Whole answer", median=series.e2e_p50, tail=series.e2e_p99, name="e2e"),
        Chart(
            title="Output throughput",
            unit="tok/s",
            about="tokens as they arrived, all replicas",
            lines=(Line("", _at(summary, series.output_tokens), "main", "area"),),
        ),
        _flow(summary),
        Chart(
            title="Requests in flight",
            unit="requests",
            about=f"mean over every {clock(series.width)}",
            lines=(Line("", _at(summary, series.in_flight), "main", "area"),),
        ),
    )
    return tuple(_on_clock(summary, chart) for chart in charts)


def per_replica(summary: Summary) -> tuple[Chart, ...]:
    """How the replicas shared the work, over time."""
    replicas = dict(list(summary.series.replicas.items())[:MOST_LINES])
    charts = []
    if len(replicas) > 1:
        values: dict[str, Values] = {name: one.in_flight for name, one in replicas.items()}
        lines = _replica_lines(summary, values, factor=1)
        charts.append(Chart("Requests in flight", "requests", lines, about="even lines are even load"))
    ratios = {name: one.cached_ratio for name, one in replicas.items()}
    if any(value is not None for value in chain(*ratios.values())):
        lines = _replica_lines(summary, ratios, factor=100)
        about = "prompt tokens found in the replica's cache"
        charts.append(Chart("Cached prompt tokens", "%", lines, about=about, highest=100.0))
    charts += _memory(summary)
    return tuple(_on_clock(summary, chart) for chart in charts)


def _memory(summary: Summary) -> Iterator[Chart]:
    """Growth, not size: a creep of megabytes does not show beside gigabytes of weights."""
    buckets = len(summary.series.arrivals)
    held = by_bucket(summary.run.memory, width=summary.series.width, buckets=buckets)
    grown = {name: _above_least(values) for name, values in list(held.items())[:MOST_LINES]}
    if grown:
        most = ", ".join(f"{name} {size(one.peak)}" for name, one in summary.memory.items())
        lines = _replica_lines(summary, grown, factor=1 / MIB)
        yield Chart("Memory", "MiB above the least it was", lines, about=f"most: {most}; GPU memory apart")


def _above_least(values: Values) -> Values:
    least = min((value for value in values if value is not None), default=0.0)
    return tuple(None if value is None else value - least for value in values)


def _flow(summary: Summary) -> Chart:
    series, limits = summary.series, summary.limits
    good = (Line("good", _at(summary, series.good), "good"),) if limits else ()
    bad = (Line("failed", _at(summary, series.failures), "bad"),) if any(series.failures) else ()
    return Chart(
        title="Requests",
        unit="per second",
        about="sent and answered" + (", and answered within every limit" if limits else ""),
        lines=(
            Line("sent", _at(summary, series.arrivals), "past"),
            Line("answered", _at(summary, series.completions), "main"),
            *good,
            *bad,
        ),
    )


def distributions(summary: Summary, *, past: Mapping[str, Summary]) -> tuple[tuple[Bars, Chart], ...]:
    """Histogram and percentile curve of TTFT, ITL and E2E; `past` are earlier runs by name."""
    wanted: tuple[tuple[str, LatencyName | None], ...] = (
        ("Time to first token", "ttft"),
        ("Gap between tokens", None),
        ("Whole answer", "e2e"),
    )
    pairs = []
    for title, name in wanted:
        own = _distribution(summary, name)
        if own is not None:
            limit = None if name is None else _limit(summary, name)
            curves = {
                label: _distribution(other, name)
                for label, other in zip(short_names([*past]), past.values(), strict=True)
            }
            pairs.append(
                (
                    _histogram(own, title=title, limit=limit),
                    _curve(own, title=title, past=curves, limit=limit),
                )
            )
    return tuple(pairs)


def _distribution(summary: Summary, name: LatencyName | None) -> Distribution | None:
    return summary.gaps if name is None else summary.latencies[name]


def _histogram(own: Distribution, *, title: str, limit: Limit | None) -> Bars:
    bins = own.histogram
    beyond = f"up to p99, the slowest beyond it: {whole(bins.beyond)}" if bins.beyond else ""
    return Bars(
        title=title,
        unit="ms",
        low=bins.low * 1000,
        high=bins.high * 1000,
        counts=bins.counts,
        marks=((own.p50 * 1000, f"median {plain(own.p50 * 1000)}"),),
        about=f"{whole(own.count)} values {beyond}",
        kind=bins.kind,
        limit=limit,
    )


def _curve(
    own: Distribution, *, title: str, past: Mapping[str, Distribution | None], limit: Limit | None
) -> Chart:
    earlier = tuple(
        Line(name, _quantiles(one), "past", "dashed") for name, one in past.items() if one is not None
    )
    return Chart(
        title=title,
        unit="ms",
        lines=(*earlier, Line("this run" if earlier else "", _quantiles(own), "main")),
        x="percentile",
        limit=limit,
    )


def _quantiles(one: Distribution) -> Points:
    return tuple(
        (share, value * 1000) for share, value in zip(CURVE, one.curve, strict=True) if share <= 0.999
    )


def _waits(summary: Summary, *, title: str, median: Values, tail: Values, name: LatencyName) -> Chart:
    return Chart(
        title=title,
        unit="ms",
        about="by when the gap ended" if name == "itl" else "by when the request was sent",
        lines=(
            Line("p99", _at(summary, tail, factor=1000), "tail"),
            Line("median", _at(summary, median, factor=1000), "main"),
        ),
        # The ITL of an SLO is a request's mean; single gaps may well be longer.
        limit=None if name == "itl" else _limit(summary, name),
    )


def _limit(summary: Summary, name: LatencyName) -> Limit | None:
    value = summary.limits.get(name)
    return None if value is None else Limit(value * 1000, f"limit {tick(value * 1000)} ms")


def _replica_lines(summary: Summary, values: Mapping[str, Values], *, factor: float) -> tuple[Line, ...]:
    return tuple(
        Line(name, _at(summary, series, factor=factor), tone)
        for (name, series), tone in zip(values.items(), REPLICA_TONES, strict=False)
    )


def _at(summary: Summary, values: Values | Sequence[float], *, factor: float = 1.0) -> Points:
    width = summary.series.width
    return tuple(
        ((bucket + 0.5) * width, None if value is None else value * factor)
        for bucket, value in enumerate(values)
    )


def _on_clock(summary: Summary, chart: Chart) -> Chart:
    whole_run = summary.series.width * len(summary.series.arrivals)
    shaded = (0.0, summary.run.warmup) if summary.run.warmup else None
    return replace(chart, shaded=shaded, shaded_name=WARM_UP, x_high=whole_run, names_at=summary.run.duration)
