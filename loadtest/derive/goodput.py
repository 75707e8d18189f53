"""Goodput: the requests that met every latency limit of the SLO, failures in the denominator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loadtest.derive.outcomes import failed, succeeded
from loadtest.derive.timing import LATENCIES, LatencyName
from loadtest.record import RequestRecord

Limits = Mapping[LatencyName, float]
"""Seconds; met when at or below."""


@dataclass(frozen=True)
class Goodput:
    """Counts of measured requests; `fraction` is good / attempted, which is succeeded + failed."""

    good: int
    attempted: int
    fraction: float
    met: Mapping[str, float]
    """Latency name -> the fraction of attempted requests that met its limit."""


def goodput(records: Sequence[RequestRecord], *, limits: Limits) -> Goodput | None:
    """None without limits or without requests."""
    answered = succeeded(records)
    attempted = len(answered) + len(failed(records))
    if not limits or not attempted:
        return None
    good = sum(meets_all(record, limits=limits) for record in answered)
    return Goodput(
        good=good,
        attempted=attempted,
        fraction=good / attempted,
        met={
            name: sum(meets(record, name=name, limit=limit) for record in answered) / attempted
            for name, limit in limits.items()
        },
    )


def meets_all(record: RequestRecord, *, limits: Limits) -> bool:
    """Whether an answered request met every limit."""
    return all(meets(record, name=name, limit=limit) for name, limit in limits.items())


def meets(record: RequestRecord, *, name: LatencyName, limit: float) -> bool:
    """Whether it met one; a number that it cannot have (one token has no gap) does not speak against it."""
    value = LATENCIES[name].of(record)
    return value is None or value <= limit
