"""Who did how much of the work."""

from __future__ import annotations

import pytest

from loadtest.derive.replicas import UNNAMED, balance
from tests.loadtest.made_runs import failure, streamed


def test_shares_are_of_the_time_that_requests_were_open() -> None:
    found = balance(
        (
            streamed(sent=0.0, gaps=(100_000, *[100_000] * 29), replica="a"),
            streamed(sent=0.0, gaps=(100_000, *[100_000] * 9), replica="b"),
            failure(sent=0.0, error="5xx", replica="b"),
            failure(sent=0.0, error="connect", replica=None),
        )
    )
    assert [(one.name, one.requests, one.failed, one.output_tokens) for one in found.replicas] == [
        ("a", 1, 0, 30),
        ("b", 2, 1, 10),
        (UNNAMED, 1, 1, 0),
    ]
    assert found.replicas[0].busy == pytest.approx(3.0)
    assert found.imbalance == pytest.approx(1.5)


def test_answers_that_name_nobody_say_nothing_of_balance() -> None:
    assert balance((streamed(sent=0.0, gaps=(100_000,), replica=None),)).imbalance is None
