"""Who counts as answered, failed, or neither."""

from __future__ import annotations

from loadtest.derive.outcomes import measured, outcomes, wall_window
from loadtest.record import CANCELLED, CUT
from tests.loadtest.made_runs import failure, streamed

RECORDS = (
    streamed(sent=0.0, gaps=(500_000,), warmup=True),
    streamed(sent=1.0, gaps=(500_000,)),
    streamed(sent=2.0, gaps=(500_000, 500_000)),
    failure(sent=2.5, error="429", status=429, detail="queue is full"),
    failure(sent=2.6, error="429", status=429, detail="queue is full"),
    failure(sent=2.7, error="connect", detail="connection refused"),
    failure(sent=2.8, error="aborted", detail=CANCELLED),
    failure(sent=2.9, error="aborted", detail=CUT, ended=9.0),
)


def test_every_request_is_in_one_count() -> None:
    found = outcomes(RECORDS)
    counts = (found.warmup, found.sent, found.succeeded, found.failed, found.cancelled, found.cut)
    assert counts == (1, 7, 2, 3, 1, 1)


def test_what_the_client_ended_itself_is_no_error() -> None:
    assert outcomes(RECORDS).error_rate == 3 / 5


def test_failures_are_told_apart_most_frequent_first() -> None:
    found = outcomes(RECORDS)
    assert found.by_error == {"429": 2, "connect": 1}
    assert [(kind.error, kind.status, kind.detail, kind.count) for kind in found.details] == [
        ("429", 429, "queue is full", 2),
        ("connect", 200, "connection refused", 1),
    ]


def test_the_wall_clock_begins_after_the_warm_up_and_ends_with_the_last_answer() -> None:
    span = wall_window(measured(RECORDS))
    assert (span.start, span.stop, span.duration) == (1.0, 3.0, 2.0)


def test_no_request_makes_an_empty_window() -> None:
    assert wall_window(()).duration == 0
    assert outcomes(()).error_rate == 0
