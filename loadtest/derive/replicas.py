"""What each replica got and gave, and how evenly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from loadtest.derive.cache import ratio
from loadtest.derive.outcomes import failed, succeeded
from loadtest.derive.sample import Sample
from loadtest.derive.timing import LATENCIES, LatencyName, end, output_tokens
from loadtest.record import RequestRecord

UNNAMED = "unknown"
"""Requests whose answer named no replica: refused by the edge, or sent past it."""


@dataclass(frozen=True)
class ReplicaShare:
    """One replica's part of the measured requests. Latencies in seconds."""

    name: str
    requests: int
    failed: int
    output_tokens: int
    busy: float
    """Sum of the seconds its requests were open; divided by the window, its mean concurrency."""
    ttft_p50: float | None
    ttft_p99: float | None
    itl_p50: float | None
    cached_ratio: float | None


@dataclass(frozen=True)
class Balance:
    """`imbalance` is the busiest replica's share of request seconds over the mean share: 1 is even."""

    replicas: tuple[ReplicaShare, ...]
    imbalance: float | None


def balance(records: Sequence[RequestRecord]) -> Balance:
    """The balance over measured records."""
    groups: defaultdict[str, list[RequestRecord]] = defaultdict(list)
    for record in records:
        groups[record.replica or UNNAMED].append(record)
    shares = tuple(_share(name, groups[name]) for name in sorted(groups))
    named = [share.busy for share in shares if share.name != UNNAMED]
    return Balance(shares, imbalance=max(named) * len(named) / sum(named) if named and sum(named) else None)


def _share(name: str, records: Sequence[RequestRecord]) -> ReplicaShare:
    good = succeeded(records)
    return ReplicaShare(
        name=name,
        requests=len(records),
        failed=len(failed(records)),
        output_tokens=sum(output_tokens(record) for record in good),
        busy=sum(end(record) - record.sent for record in records),
        ttft_p50=_quantile(good, "ttft", probability=0.5),
        ttft_p99=_quantile(good, "ttft", probability=0.99),
        itl_p50=_quantile(good, "itl", probability=0.5),
        cached_ratio=ratio(good),
    )


def _quantile(records: Sequence[RequestRecord], name: LatencyName, *, probability: float) -> float | None:
    values = [value for value in map(LATENCIES[name].of, records) if value is not None]
    return Sample.of(values).quantile(probability) if values else None
