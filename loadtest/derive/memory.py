"""What replicas and edge held in memory over the run, and whether it creeps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loadtest.derive.trend import Trend, trend
from loadtest.record import RunRecord


@dataclass(frozen=True)
class Memory:
    """In bytes; `trend` in bytes per second over the second half of what was measured.

    The first half is left out of it because caches and allocators fill then, which is no leak.
    """

    first: float
    last: float
    peak: float
    trend: Trend | None


def memory(run: RunRecord) -> dict[str, Memory]:
    """By the name of replica or edge; {} where nothing could be seen."""
    return {name: _memory(samples, run=run) for name, samples in run.memory.items() if samples}


def _memory(samples: Sequence[tuple[float, float]], *, run: RunRecord) -> Memory:
    held = [value for _, value in samples]
    half = run.warmup + trend_seconds(run)
    late = [(at, value) for at, value in samples if half <= at <= run.duration]
    return Memory(first=held[0], last=held[-1], peak=max(held), trend=trend(late))


def trend_seconds(run: RunRecord) -> float:
    """How long the stretch is that the trend is of."""
    return max(0.0, run.duration - run.warmup) / 2


def by_bucket(
    samples: Mapping[str, Sequence[tuple[float, float]]], *, width: float, buckets: int
) -> dict[str, tuple[float | None, ...]]:
    """The last sample of every bucket of `width` seconds, for charts."""
    found = {}
    for name, values in samples.items():
        last = {int(at / width): value for at, value in values}
        found[name] = tuple(last.get(bucket) for bucket in range(buckets))
    return found
