"""What the exact target did, and how far a load test's records and numbers lie from it."""

from __future__ import annotations

import itertools
import statistics
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import httpx

from loadtest.derive.sample import Sample
from loadtest.derive.summary import Summary
from loadtest.derive.timing import LATENCIES
from loadtest.record import RequestRecord

GAPS = "gap between chunks"


@dataclass(frozen=True)
class Truth:
    """What the target did for one request, in `perf_counter` seconds."""

    received: float
    written: tuple[float, ...]

    @property
    def ttft(self) -> float:
        """Seconds from the whole request to the first chunk."""
        return self.written[0] - self.received

    def as_record(self, record: RequestRecord) -> RequestRecord:
        """What a load test without any error would have recorded instead of `record`."""
        first, last = self.ttft, self.written[-1] - self.received
        moments = [round((moment - self.received) * 1e6) for moment in self.written]
        return replace(
            record,
            scheduled=record.scheduled - record.sent,
            sent=0.0,
            first=first,
            last=last,
            done=last,
            chunks=tuple(later - earlier for earlier, later in itertools.pairwise([0, *moments])),
        )


def truths(url: str, *, tokens: int) -> Mapping[str, Truth]:
    """Whole answers of the target since the last time, by request id (or by number, where a tool sends none)."""
    requests = httpx.get(f"{url}/truth", timeout=60).json()["requests"]
    whole = [(name, received, written) for name, received, written in requests if len(written) == tokens]
    return {
        name or str(number): Truth(received, tuple(written))
        for number, (name, received, written) in enumerate(whole)
    }


def errors(records: Sequence[RequestRecord], *, true: Mapping[str, Truth]) -> Mapping[str, Sample]:
    """Absolute errors in seconds, request by request: of every latency by its label, and of every gap."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for record in records:
        exact = true[record.id].as_record(record)
        for latency in LATENCIES.values():
            ours, wanted = latency.of(record), latency.of(exact)
            if ours is not None and wanted is not None:
                found[latency.label].append(abs(ours - wanted))
        gaps = zip(record.chunks[1:], exact.chunks[1:], strict=True)
        found[GAPS] += [abs(ours - wanted) / 1e6 for ours, wanted in gaps]
    return {label: Sample.of(values) for label, values in found.items()}


def rate_errors(
    summary: Summary, records: Sequence[RequestRecord], *, true: Mapping[str, Truth]
) -> Iterator[tuple[str, float]]:
    """Per cent that a rate lies off what the target wrote and ended in the same window."""
    # The run's start on the target's clock, which all processes of a machine share.
    origin = statistics.median(true[record.id].received - record.sent for record in records)
    start, stop = origin + summary.window.start, origin + summary.window.stop
    written = sum(start <= moment < stop for one in true.values() for moment in one.written)
    ended = sum(start <= one.written[-1] < stop for one in true.values())
    for label, ours, count in (
        ("output throughput", summary.rates.output_tokens, written),
        ("requests per second", summary.rates.requests, ended),
    ):
        yield label, abs(ours * (stop - start) / count - 1) * 100
