"""Throughput, counted in two ways.

While the load lasted: what arrived between the end of the warm-up and the end of the arrivals. Neither the way up
nor the wait for the last answers is in it, so that a short run says the same as a long one.

By the wall clock: all measured requests over the time from the first one sent to the last one answered, as other
tools count. A short run looks slower than it was, by the share that the last answers took.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from loadtest.derive.goodput import Limits, meets_all
from loadtest.derive.outcomes import Window, succeeded
from loadtest.derive.timing import decode_start, e2e, end, output_tokens
from loadtest.record import RequestRecord


@dataclass(frozen=True)
class Rates:
    """Per second; `concurrency` is the mean number of requests open, `good` those within every limit."""

    requests: float
    good: float
    prompt_tokens: float
    output_tokens: float
    total_tokens: float
    concurrency: float


def rates(records: Sequence[RequestRecord], *, span: Window, limits: Limits) -> Rates:
    """While the load lasted. All requests count, whatever their outcome and whenever sent, by what they had in it.

    An answer counts where it ended, a prompt where its first token came, an output token where it came.
    """
    ended = [record for record in succeeded(records) if span.start <= end(record) < span.stop]
    started = [record for record in records if _within(decode_start(record), span)]
    prompt = sum(record.prompt_tokens or 0 for record in started)
    output = sum(_tokens_within(record, span=span) for record in records)
    per_second = 1 / span.duration if span.duration > 0 else 0.0
    return Rates(
        requests=len(ended) * per_second,
        good=sum(meets_all(record, limits=limits) for record in ended) * per_second,
        prompt_tokens=prompt * per_second,
        output_tokens=output * per_second,
        total_tokens=(prompt + output) * per_second,
        concurrency=sum(_open_within(record, span=span) for record in records) * per_second,
    )


def wall_rates(good: Sequence[RequestRecord], *, span: Window, limits: Limits) -> Rates:
    """By the wall clock, over measured requests that were answered; concurrency by Little's law."""
    prompt = sum(record.prompt_tokens or 0 for record in good)
    output = sum(map(output_tokens, good))
    per_second = 1 / span.duration if span.duration > 0 else 0.0
    return Rates(
        requests=len(good) * per_second,
        good=sum(meets_all(record, limits=limits) for record in good) * per_second,
        prompt_tokens=prompt * per_second,
        output_tokens=output * per_second,
        total_tokens=(prompt + output) * per_second,
        concurrency=sum(e2e(record) or 0.0 for record in good) * per_second,
    )


def _within(moment: float | None, span: Window) -> bool:
    return moment is not None and span.start <= moment < span.stop


def _open_within(record: RequestRecord, *, span: Window) -> float:
    return max(0.0, min(end(record), span.stop) - max(record.sent, span.start))


def _tokens_within(record: RequestRecord, *, span: Window) -> float:
    if not record.chunks:
        return 0.0
    moments = tuple(accumulate(record.chunks, initial=round(record.sent * 1e6)))[1:]
    inside = bisect_left(moments, span.stop * 1e6) - bisect_left(moments, span.start * 1e6)
    return output_tokens(record) * inside / len(moments)
