"""Who was answered and who was not, and the stretch of time that counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loadtest.derive.timing import end
from loadtest.record import CUT, ErrorClass, RequestRecord


@dataclass(frozen=True)
class ErrorDetail:
    """One kind of failure: class, status and the server's (or the client's) words."""

    error: ErrorClass
    status: int | None
    detail: str
    count: int


@dataclass(frozen=True)
class Outcomes:
    """Counts of requests. `sent` = `succeeded` + `failed` + `cancelled` + `cut`; the warm-up is apart."""

    warmup: int
    sent: int
    succeeded: int
    failed: int
    cancelled: int
    """Hung up on by the scenario on purpose: neither good nor bad."""
    cut: int
    """Still open when the run ended: outcome unknown, neither good nor bad."""
    by_error: Mapping[ErrorClass, int]
    details: tuple[ErrorDetail, ...]
    error_rate: float
    """failed / (succeeded + failed); 0 when there is neither."""


@dataclass(frozen=True)
class Window:
    """A stretch of the run, in seconds from its start."""

    start: float
    stop: float

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.stop - self.start


def measured(records: Sequence[RequestRecord]) -> tuple[RequestRecord, ...]:
    """The records that count: no warm-up."""
    return tuple(record for record in records if not record.warmup)


def succeeded(records: Sequence[RequestRecord]) -> tuple[RequestRecord, ...]:
    """The records that were answered in full."""
    return tuple(record for record in records if record.error is None)


def failed(records: Sequence[RequestRecord]) -> tuple[RequestRecord, ...]:
    """The records that the server failed; what the client itself ended is no failure."""
    return tuple(record for record in records if record.error not in {None, "aborted"})


def wall_window(records: Sequence[RequestRecord]) -> Window:
    """From the first of these requests to the end of the last answer; empty at 0 without any."""
    if not records:
        return Window(0.0, 0.0)
    answered = succeeded(records) or records
    return Window(min(record.sent for record in records), max(end(record) for record in answered))


def outcomes(records: Sequence[RequestRecord]) -> Outcomes:
    """The counts over all records of a run."""
    counted = measured(records)
    good, bad = len(succeeded(counted)), failed(counted)
    aborted = [record for record in counted if record.error == "aborted"]
    cut = sum(record.detail == CUT for record in aborted)
    return Outcomes(
        warmup=len(records) - len(counted),
        sent=len(counted),
        succeeded=good,
        failed=len(bad),
        cancelled=len(aborted) - cut,
        cut=cut,
        by_error=dict(Counter(record.error for record in bad if record.error).most_common()),
        details=_details(bad),
        error_rate=len(bad) / (good + len(bad)) if good or bad else 0.0,
    )


def _details(bad: Sequence[RequestRecord]) -> tuple[ErrorDetail, ...]:
    kinds = Counter((record.error, record.status, record.detail) for record in bad)
    return tuple(
        ErrorDetail(error=error, status=status, detail=detail, count=count)
        for (error, status, detail), count in kinds.most_common(20)
        if error
    )
