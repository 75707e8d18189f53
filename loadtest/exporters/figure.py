"""What every exporter works with: the answered requests, and numbers that carry their formula."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from loadtest.derive.goodput import Limits
from loadtest.derive.outcomes import failed, measured, succeeded
from loadtest.derive.timing import end
from loadtest.record import RequestRecord


@dataclass(frozen=True)
class Figure:
    """A number, or the statistics of one, under the peer's name and in the peer's unit."""

    name: str
    unit: str
    formula: str
    value: float | Mapping[str, float]


@dataclass(frozen=True)
class Subject:
    """The measured requests of a run, and what a good one must meet (seconds)."""

    good: tuple[RequestRecord, ...]
    failed: tuple[RequestRecord, ...]
    limits: Limits

    @property
    def started(self) -> float:
        """When the first answered request was sent."""
        return min((record.sent for record in self.good), default=0.0)

    @property
    def ended(self) -> float:
        """When the last body ended."""
        return max((end(record) for record in self.good), default=0.0)


def subject(records: Sequence[RequestRecord], *, limits: Limits) -> Subject:
    """What is exported of all records of a run: no warm-up."""
    counted = measured(records)
    return Subject(good=succeeded(counted), failed=failed(counted), limits=limits)


def latency(record: RequestRecord) -> float:
    """done - t0: until the body ended, the usage chunk and `[DONE]` included."""
    return round(end(record) - record.sent, 6)


def values(
    records: Iterable[RequestRecord], of: Callable[[RequestRecord], float | None], *, factor: float = 1.0
) -> list[float]:
    """What a function says of the records it applies to."""
    return [value * factor for value in map(of, records) if value is not None]


def per_second(amount: float, duration: float) -> float:
    """0 where no time passed."""
    return amount / duration if duration > 0 else 0.0
