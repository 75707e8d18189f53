"""Goodput counts failures against a server, and its own limits by request."""

from __future__ import annotations

import pytest

from loadtest.derive.goodput import goodput
from loadtest.record import CUT
from tests.loadtest.made_runs import failure, streamed

RECORDS = (
    streamed(sent=0.0, gaps=(100_000, 10_000, 10_000)),
    streamed(sent=0.0, gaps=(100_000, 90_000, 90_000)),
    streamed(sent=0.0, gaps=(900_000, 10_000)),
    streamed(sent=0.0, gaps=(200_000,)),
    failure(sent=0.0, error="5xx"),
    failure(sent=0.0, error="aborted", detail=CUT),
)


def test_a_good_request_meets_every_limit_and_a_failed_one_none() -> None:
    found = goodput(RECORDS, limits={"ttft": 0.2, "itl": 0.05})
    assert found
    assert (found.good, found.attempted, found.fraction) == (2, 5, 0.4)
    assert found.met == {"ttft": pytest.approx(3 / 5), "itl": pytest.approx(3 / 5)}


def test_without_limits_there_is_no_goodput() -> None:
    assert goodput(RECORDS, limits={}) is None
    assert goodput((), limits={"ttft": 1.0}) is None
