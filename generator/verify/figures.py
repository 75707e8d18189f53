"""Streams -> numbers. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from generator.verify.stream import Stream

TOGETHER = 0.001
"""Seconds within which two events reach a client as one; no engine generates that fast."""


@dataclass(frozen=True)
class Figures:
    """Of all streams that took one way. Times in milliseconds; NaN where there was nothing to measure."""

    via: str
    streams: int
    events: int
    chunks: int
    merged: float
    """Share of the events that came together with the one before."""
    largest_burst: int
    usual_burst: float
    """The largest burst of the middle stream: one hiccup of the machine does not move it."""
    ttft_p50: float
    ttft_p99: float
    itl_p50: float
    itl_p99: float


def figures(via: str, streams: Sequence[Stream]) -> Figures:
    """All streams pooled."""
    bursts = [list(burst_sizes(stream)) for stream in streams]
    events = sum(len(stream.events) for stream in streams)
    first = [stream.events[tokens[0]].at * 1000 for stream in streams if (tokens := _tokens(stream))]
    gaps = [gap * 1000 for stream in streams for gap in token_gaps(stream)]
    largest = [max(sizes, default=0) for sizes in bursts]
    return Figures(
        via=via,
        streams=len(streams),
        events=events,
        chunks=sum(len({event.chunk for event in stream.events}) for stream in streams),
        merged=sum(size - 1 for sizes in bursts for size in sizes) / events if events else math.nan,
        largest_burst=max(largest, default=0),
        usual_burst=percentile(largest, 50),
        ttft_p50=percentile(first, 50),
        ttft_p99=percentile(first, 99),
        itl_p50=percentile(gaps, 50),
        itl_p99=percentile(gaps, 99),
    )


def burst_sizes(stream: Stream) -> Iterator[int]:
    """Sizes of the groups of events that came together: in one chunk, or at one time."""
    size = 0
    for number, event in enumerate(stream.events):
        before = stream.events[number - 1]
        if number and (event.chunk == before.chunk or event.at - before.at < TOGETHER):
            size += 1
            continue
        if size:
            yield size
        size = 1
    if size:
        yield size


def token_gaps(stream: Stream) -> list[float]:
    """Seconds between tokens."""
    times = [stream.events[number].at for number in _tokens(stream)]
    return [after - before for before, after in pairwise(times)]


def percentile(values: Sequence[float], rank: float) -> float:
    """By nearest rank; NaN of nothing."""
    if not values:
        return math.nan
    return sorted(values)[max(0, math.ceil(rank / 100 * len(values)) - 1)]


def _tokens(stream: Stream) -> list[int]:
    return [number for number, event in enumerate(stream.events) if event.is_token]
