"""The run over time, in buckets of equal width from the run's start; the warm-up is in it, to be seen.

A wait belongs to the bucket its request was sent in, so that a stall shows where it began; gaps, tokens and
ends belong to the bucket they happened in.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from loadtest.derive.cache import ratio
from loadtest.derive.goodput import Limits, meets_all
from loadtest.derive.outcomes import failed, succeeded
from loadtest.derive.replicas import UNNAMED
from loadtest.derive.sample import Sample
from loadtest.derive.timing import e2e, end, output_tokens, ttft
from loadtest.record import RequestRecord

WIDTHS: Final = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
MOST_BUCKETS: Final = 60
FEWEST_BUCKETS: Final = 12
PER_BUCKET: Final = 6
"""Requests a bucket should have, so that its percentiles mean something."""

Values = tuple[float | None, ...]


@dataclass(frozen=True)
class ReplicaSeries:
    """Mean requests open on one replica, and its cached-token ratio, per bucket."""

    in_flight: tuple[float, ...]
    cached_ratio: Values


@dataclass(frozen=True)
class Series:
    """One value per bucket; None where nothing was there to measure. Seconds, or per second."""

    width: float
    arrivals: tuple[float, ...]
    completions: tuple[float, ...]
    good: tuple[float, ...]
    """Completions that met every latency limit; all of them without limits."""
    failures: tuple[float, ...]
    in_flight: tuple[float, ...]
    output_tokens: tuple[float, ...]
    ttft_p50: Values
    ttft_p99: Values
    itl_p50: Values
    itl_p99: Values
    e2e_p50: Values
    e2e_p99: Values
    cached_ratio: Values
    replicas: Mapping[str, ReplicaSeries]


def bucket_width(duration: float, *, requests: int) -> float:
    """The narrowest width that has few enough buckets for the time and for the requests there are."""
    most = min(MOST_BUCKETS, max(FEWEST_BUCKETS, requests // PER_BUCKET))
    return next((width for width in WIDTHS if duration / width <= most), WIDTHS[-1])


def series(records: Sequence[RequestRecord], *, limits: Limits) -> Series:
    """The series over all records of a run; `limits` say which of them are good."""
    last = max((end(record) for record in records), default=0.0)
    width = bucket_width(last, requests=len(records))
    count = int(last / width) + 1
    good = succeeded(records)
    sent = _grouped(good, count=count, width=width)
    waits, spans = _latencies(sent, ttft), _latencies(sent, e2e)
    tokens, gaps = _chunks(records, count=count, width=width)
    return Series(
        width=width,
        arrivals=_rate((record.sent for record in records), count=count, width=width),
        completions=_rate((end(record) for record in good), count=count, width=width),
        good=_rate((end(one) for one in good if meets_all(one, limits=limits)), count=count, width=width),
        failures=_rate((end(record) for record in failed(records)), count=count, width=width),
        in_flight=_in_flight(records, count=count, width=width),
        output_tokens=tuple(number / width for number in tokens),
        ttft_p50=_quantiles(waits, 0.5),
        ttft_p99=_quantiles(waits, 0.99),
        itl_p50=_quantiles(gaps, 0.5),
        itl_p99=_quantiles(gaps, 0.99),
        e2e_p50=_quantiles(spans, 0.5),
        e2e_p99=_quantiles(spans, 0.99),
        cached_ratio=tuple(ratio(group) for group in sent),
        replicas=_replicas(records, count=count, width=width),
    )


def _replicas(records: Sequence[RequestRecord], *, count: int, width: float) -> dict[str, ReplicaSeries]:
    names = sorted({record.replica for record in records if record.replica} - {UNNAMED})
    by_name = {name: [record for record in records if record.replica == name] for name in names}
    return {
        name: ReplicaSeries(
            in_flight=_in_flight(own, count=count, width=width),
            cached_ratio=tuple(ratio(group) for group in _grouped(succeeded(own), count=count, width=width)),
        )
        for name, own in by_name.items()
    }


def _grouped(records: Sequence[RequestRecord], *, count: int, width: float) -> list[list[RequestRecord]]:
    groups: list[list[RequestRecord]] = [[] for _ in range(count)]
    for record in records:
        groups[int(record.sent / width)].append(record)
    return groups


def _latencies(
    groups: Sequence[Sequence[RequestRecord]], of: Callable[[RequestRecord], float | None]
) -> list[Sample]:
    return [Sample.of(value for value in map(of, group) if value is not None) for group in groups]


def _quantiles(samples: Sequence[Sample], probability: float) -> Values:
    return tuple(sample.quantile(probability) if sample.count else None for sample in samples)


def _rate(times: Iterable[float], *, count: int, width: float) -> tuple[float, ...]:
    numbers = Counter(int(time / width) for time in times)
    return tuple(numbers[bucket] / width for bucket in range(count))


def _in_flight(records: Sequence[RequestRecord], *, count: int, width: float) -> tuple[float, ...]:
    partly, wholly = [0.0] * count, [0] * (count + 1)
    for record in records:
        opened, closed = record.sent, end(record)
        first, last = int(opened / width), int(closed / width)
        if first == last:
            partly[first] += closed - opened
            continue
        partly[first] += (first + 1) * width - opened
        partly[last] += closed - last * width
        wholly[first + 1] += 1
        wholly[last] -= 1
    return tuple(part / width + whole for part, whole in zip(partly, accumulate(wholly), strict=False))


def _chunks(
    records: Sequence[RequestRecord], *, count: int, width: float
) -> tuple[list[float], list[Sample]]:
    """Tokens that arrived, and the gaps that ended, in each bucket."""
    tokens = [0.0] * count
    gaps: list[Counter[float]] = [Counter() for _ in range(count)]
    for record in records:
        if not record.chunks:
            continue
        each = output_tokens(record) / len(record.chunks)
        for bucket, first, beyond in _stretches(record, count=count, width=width):
            tokens[bucket] += each * (beyond - first)
            gaps[bucket].update(record.chunks[max(first, 1) : beyond])
    return tokens, [Sample.of_counts(counts, scale=1e-6) for counts in gaps]


def _stretches(record: RequestRecord, *, count: int, width: float) -> Iterator[tuple[int, int, int]]:
    """(bucket, first chunk, chunk after the last) for each bucket in which chunks of a request came."""
    span = round(width * 1e6)
    moments = tuple(accumulate(record.chunks, initial=round(record.sent * 1e6)))[1:]
    place = 0
    while place < len(moments):
        # The last bucket takes what rounding puts a microsecond beyond it.
        bucket = min(moments[place] // span, count - 1)
        beyond = bisect_left(moments, (bucket + 1) * span, lo=place) if bucket < count - 1 else len(moments)
        yield bucket, place, beyond
        place = beyond
