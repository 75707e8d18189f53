"""The rows of a report's tables: text, ready to print."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from loadtest.comparison import Direction, Row
from loadtest.derive.cache import Cache
from loadtest.derive.replicas import ReplicaShare
from loadtest.derive.sample import Distribution
from loadtest.derive.summary import Summary
from loadtest.derive.timing import LATENCIES
from loadtest.numbers import DASH, change, duration, milliseconds, percent, plain, tick, whole
from loadtest.verdict import ENGINE_TOLERANCE, Check, Verdict

PERCENTILE_HEADS: Final = ("n", "mean", "p50", "p75", "p90", "p95", "p99", "p99.9", "max")
GAPS_FORMULA: Final = "gaps between content chunks, all requests pooled"


@dataclass(frozen=True)
class Tile:
    """One number of the first glance."""

    label: str
    value: str
    unit: str
    detail: str


@dataclass(frozen=True)
class CheckRow:
    """An objective as a bar: `filled` and `tick` are per cent of the bar's width."""

    name: str
    measured: str
    wanted: str
    filled: float
    tick: float
    met: Literal["met", "missed"]


@dataclass(frozen=True)
class PercentileRow:
    """One latency with its formula."""

    label: str
    formula: str
    values: tuple[str, ...]


@dataclass(frozen=True)
class ReplicaRow:
    """One replica; `share` and `even` are per cent of the longest bar."""

    name: str
    share: float
    share_text: str
    requests: str
    tokens: str
    ttft: str
    itl: str
    cached: str
    failed: str


@dataclass(frozen=True)
class ComparisonRow:
    """One figure over several runs."""

    name: str
    unit: str
    now: str
    before: tuple[str, ...]
    change: str
    direction: Direction
    usual: str


def tiles(summary: Summary) -> tuple[Tile, ...]:
    """Eight numbers."""
    rates, good, cache = summary.rates, summary.goodput, summary.cache
    hits = percent(cache.ratio).removesuffix(" %")
    return (
        _latency_tile("Time to first token", summary.latencies["ttft"]),
        _latency_tile("Gap between tokens", summary.gaps),
        _latency_tile("Whole answer", summary.latencies["e2e"]),
        Tile(
            "Speed per user", plain(summary.speed.p50 if summary.speed else None), "tok/s", "median, 1 / ITL"
        ),
        Tile(
            "Output throughput",
            plain(rates.output_tokens),
            "tok/s",
            f"{plain(rates.total_tokens)} with prompts",
        ),
        Tile(
            "Requests",
            plain(rates.requests),
            "per second",
            f"{plain(rates.concurrency)} in flight, {plain(summary.peak_in_flight)} at most",
        ),
        Tile(
            "Goodput",
            plain(rates.good if good else None),
            "per second" if good else "",
            f"{percent(good.fraction)} of {whole(good.attempted)} within limits" if good else "needs an SLO",
        ),
        Tile("Cached prompt tokens", hits, "%" if hits != DASH else "", _cross_check(cache)),
    )


def check_rows(verdict: Verdict) -> Iterator[CheckRow]:
    """The objectives, missed ones first."""
    for check in sorted(verdict.checks, key=lambda check: check.met):
        top = max(check.measured or 0.0, check.limit) * 1.12 or 1.0
        yield CheckRow(
            name=check.name,
            measured=_with_unit(check.measured, check),
            wanted=f"{check.bound} {tick(check.limit)} {check.unit}",
            filled=(check.measured or 0.0) / top * 100,
            tick=check.limit / top * 100,
            met="met" if check.met else "missed",
        )


def percentile_rows(summary: Summary) -> Iterator[PercentileRow]:
    """Every latency that was measured, in milliseconds."""
    for name, found in summary.latencies.items():
        if found is not None:
            latency = LATENCIES[name]
            yield PercentileRow(latency.label, latency.formula, _percentiles(found))
        if name == "itl" and summary.gaps is not None:
            yield PercentileRow("ITL, all gaps", GAPS_FORMULA, _percentiles(summary.gaps))


def replica_rows(summary: Summary) -> Iterator[ReplicaRow]:
    """The replicas by name."""
    longest = max((replica.busy for replica in summary.balance.replicas), default=0.0) or 1.0
    total = sum(replica.busy for replica in summary.balance.replicas) or 1.0
    for replica in summary.balance.replicas:
        yield _replica_row(replica, longest=longest, total=total)


def comparison_rows(rows: Sequence[Row]) -> Iterator[ComparisonRow]:
    """The figures that both sides have."""
    for row in rows:
        usual = "" if row.margin is None else f"{plain(row.mean)} ± {plain(row.margin)}"
        yield ComparisonRow(
            name=row.figure.name,
            unit=row.figure.unit,
            now=plain(row.now),
            before=tuple(plain(value) for value in row.before),
            change=change(row.now, before=row.mean),
            direction=row.direction,
            usual=usual,
        )


def settings(value: Mapping[str, Any], *, prefix: str = "") -> Iterator[tuple[str, str]]:
    """A nested mapping as `arrivals.rate` -> `12`."""
    for key, inner in value.items():
        if isinstance(inner, Mapping):
            yield from settings(inner, prefix=f"{prefix}{key}.")
        elif inner is not None:
            yield f"{prefix}{key}", ", ".join(map(str, inner)) if isinstance(inner, list) else str(inner)


def _latency_tile(label: str, found: Distribution | None) -> Tile:
    if found is None:
        return Tile(label, DASH, "", "not measured")
    value, unit = duration(found.p50).split(" ")
    return Tile(label, value, unit, f"median; p99 {duration(found.p99)}")


def _with_unit(value: float | None, check: Check) -> str:
    return DASH if value is None else f"{plain(value)} {check.unit}"


def _percentiles(found: Distribution) -> tuple[str, ...]:
    values = (found.mean, found.p50, found.p75, found.p90, found.p95, found.p99, found.p999, found.max)
    return (whole(found.count), *(milliseconds(value) for value in values))


def _replica_row(replica: ReplicaShare, *, longest: float, total: float) -> ReplicaRow:
    return ReplicaRow(
        name=replica.name,
        share=replica.busy / longest * 100,
        share_text=percent(replica.busy / total),
        requests=whole(replica.requests),
        tokens=whole(replica.output_tokens),
        ttft=f"{milliseconds(replica.ttft_p50)} / {milliseconds(replica.ttft_p99)}",
        itl=milliseconds(replica.itl_p50),
        cached=percent(replica.cached_ratio),
        failed=whole(replica.failed),
    )


def _cross_check(cache: Cache) -> str:
    if cache.disagreement is None:
        return "by the responses"
    if cache.disagreement <= ENGINE_TOLERANCE:
        return "the engines' counters agree"
    return f"engines: {percent(cache.engine_ratio)}, responses: {percent(cache.whole_run_ratio)}, whole run"
