"""What can be said while the run is on: a window of the last seconds, and the totals. Pure.

For watching only: the report is derived from the raw records.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from loadtest.derive.sample import Sample
from loadtest.derive.timing import itl, output_tokens, ttft
from loadtest.record import RequestRecord

WINDOW_SECONDS: Final = 10.0


@dataclass(frozen=True)
class Quantiles:
    """Seconds, or None without a value."""

    p50: float | None
    p99: float | None

    @staticmethod
    def of(values: Iterable[float | None]) -> Quantiles:
        """The two quantiles of the values that are there."""
        sample = Sample.of(value for value in values if value is not None)
        return (
            Quantiles(sample.quantile(0.5), sample.quantile(0.99)) if sample.count else Quantiles(None, None)
        )


@dataclass(frozen=True)
class Snapshot:
    """One look at a run. Rates and quantiles are of the requests that ended in the last ten seconds."""

    elapsed: float
    finished: int
    in_flight: int
    errors: tuple[tuple[str, int], ...]
    ttft: Quantiles
    itl: Quantiles
    lateness: Quantiles
    output_rate: float
    """Tokens per second."""
    request_rate: float
    cached_ratio: float | None
    replicas: tuple[tuple[str, int], ...]
    """Replica and the requests it answered, over the whole run."""


class Live:
    """Takes records as they come."""

    def __init__(self) -> None:
        self._recent: deque[tuple[float, RequestRecord]] = deque()
        self._in_flight: dict[str, int] = {}
        self._errors: Counter[str] = Counter()
        self._replicas: Counter[str] = Counter()
        self._finished = 0
        self.lateness: list[float] = []
        """Of every request that is no warm-up, in seconds."""

    def take(self, record: RequestRecord, *, at: float) -> None:
        """A request that ended, and when its record came."""
        self._finished += 1
        self._recent.append((at, record))
        if not record.warmup:
            self.lateness.append(record.sent - record.scheduled)
        if record.error:
            self._errors[record.error] += 1
        elif record.replica:
            self._replicas[record.replica] += 1

    def take_state(self, worker: str, *, in_flight: int) -> None:
        """What a worker has open."""
        self._in_flight[worker] = in_flight

    def snapshot(self, *, at: float) -> Snapshot:
        """The look at `at`, in seconds of the run."""
        while self._recent and self._recent[0][0] < at - WINDOW_SECONDS:
            self._recent.popleft()
        window = max(min(WINDOW_SECONDS, at), 1e-9)
        records = [record for _, record in self._recent]
        good = [record for record in records if record.error is None]
        prompt = sum(record.prompt_tokens or 0 for record in good if record.cached_tokens is not None)
        return Snapshot(
            elapsed=at,
            finished=self._finished,
            in_flight=sum(self._in_flight.values()),
            errors=tuple(self._errors.most_common()),
            ttft=Quantiles.of(map(ttft, good)),
            itl=Quantiles.of(map(itl, good)),
            lateness=Quantiles.of(record.sent - record.scheduled for record in records),
            output_rate=sum(map(output_tokens, good)) / window,
            request_rate=len(good) / window,
            cached_ratio=sum(record.cached_tokens or 0 for record in good) / prompt if prompt else None,
            replicas=tuple(sorted(self._replicas.items())),
        )
