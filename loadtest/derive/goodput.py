"""Goodput: the requests that met every latency limit of the SLO, failures in the denominator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loadtest.derive.outcomes import failed, succeeded
from loadtest.derive.timing import LATENCIES, LatencyName
from loadtest.record import RequestRecord


@dataclass(frozen=True)
class Goodput:
    """`rate` is good requests per second; `fraction` is good / (succeeded + failed)."""

    good: int
    attempted: int
    rate: float
    fraction: float
    met: Mapping[str, float]
    """Latency name -> the fraction of attempted requests that met its limit."""


def goodput(
    records: Sequence[RequestRecord], *, limits: Mapping[LatencyName, float], duration: float
) -> Goodput | None:
    """None without limits or without requests. `limits` in seconds, met when at or below."""
    answered = succeeded(records)
    attempted = len(answered) + len(failed(records))
    if not limits or not attempted:
        return None
    met = {
        name: [_meets(record, name=name, limit=limit) for record in answered]
        for name, limit in limits.items()
    }
    good = sum(map(all, zip(*met.values(), strict=True)))
    return Goodput(
        good=good,
        attempted=attempted,
        rate=good / duration if duration else 0.0,
        fraction=good / attempted,
        met={name: sum(each) / attempted for name, each in met.items()},
    )


def _meets(record: RequestRecord, *, name: LatencyName, limit: float) -> bool:
    # A number that a request cannot have (one token has no gap) does not speak against it.
    value = LATENCIES[name].of(record)
    return value is None or value <= limit
