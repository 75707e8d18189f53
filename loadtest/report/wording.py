"""The verdict in words, the same in HTML, Markdown and JUnit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeGuard

from loadtest.derive.memory import trend_seconds
from loadtest.derive.summary import Summary
from loadtest.derive.trend import Trend
from loadtest.numbers import MIB, plain
from loadtest.slo.model import UNJUDGED
from loadtest.verdict import Verdict

CREEP: Final = 0.1
"""A trend is worth a sentence when it moves its number by this share of the mean within the run."""
MEMORY_CREEP: Final = 0.01
"""The same for memory: a leak of one per cent an hour ends a server within days."""


def headline(verdict: Verdict) -> str:
    """One line."""
    if verdict.status == "invalid":
        return "This run is not valid"
    if verdict.slo == UNJUDGED.name:
        return "Measured; no SLO was asked for" if verdict.status == "pass" else "Too many requests failed"
    return f"{'Meets' if verdict.status == 'pass' else 'Misses'} the {verdict.slo} SLO"


def sentences(verdict: Verdict) -> tuple[str, ...]:
    """Why: the reasons of an invalid run, else the breaches."""
    found = verdict.reasons or tuple(str(check) for check in verdict.breaches)
    return tuple(sentence[:1].upper() + sentence[1:] for sentence in found)


def creeps(summary: Summary) -> Iterator[str]:
    """A sentence for each number that certainly rises or falls, and by enough to matter."""
    seconds = summary.run.duration - summary.run.warmup
    for name, label in (("ttft", "Median TTFT"), ("itl", "Median ITL"), ("e2e", "Median E2E")):
        if _matters(found := summary.trends[name], seconds=seconds):
            low, high = sorted(abs(value) * 60_000 for value in (found.low, found.high))
            yield f"{label} {found.direction} by {plain(low)} to {plain(high)} ms a minute (95 % confidence)"
    if _matters(found := summary.trends["in_flight"], seconds=seconds):
        by = plain(abs(found.slope) * 60)
        yield f"The number of requests in flight {found.direction} by {by} a minute"
    yield from _memory_creeps(summary)


def _memory_creeps(summary: Summary) -> Iterator[str]:
    seconds = trend_seconds(summary.run)
    for name, held in summary.memory.items():
        if _matters(found := held.trend, seconds=seconds, creep=MEMORY_CREEP):
            low, high = sorted(abs(value) * 60 / MIB for value in (found.low, found.high))
            yield f"Memory of {name} {found.direction} by {plain(low)} to {plain(high)} MiB a minute (95 % confidence)"


def _matters(found: Trend | None, *, seconds: float, creep: float = CREEP) -> TypeGuard[Trend]:
    return (
        found is not None
        and found.direction != "level"
        and abs(found.slope) * seconds > creep * abs(found.mean)
    )
