"""A wait must end with the result, or at its deadline with the last status, and look ever less often."""

from __future__ import annotations

import pytest

from generator.errors import DeadlineError
from generator.runtime.wait import LONGEST_PAUSE, Deadline, until
from tests.generator.runtime.counting_clock import Counted

DEADLINE = Deadline(60, "it is not ready", hint="look at it")


def test_the_first_result_ends_it() -> None:
    answers = iter([None, None, "ready"])
    counted = Counted()
    assert until(lambda: next(answers), deadline=DEADLINE, clock=counted.clock()) == "ready"
    assert len(counted.pauses) == 2


def test_a_result_that_is_there_needs_no_pause() -> None:
    counted = Counted()
    assert until(lambda: False, deadline=Deadline(0, "x"), clock=counted.clock()) is False
    assert counted.pauses == []


def test_the_deadline_says_what_how_long_and_the_last_status() -> None:
    counted = Counted()
    looks: list[int] = []
    with pytest.raises(DeadlineError) as raised:
        until(
            lambda: looks.append(1),
            deadline=DEADLINE,
            status=lambda: f"look {len(looks)}",
            clock=counted.clock(),
        )
    assert raised.value.message == f"it is not ready after 60 s; at last: look {len(looks)}"
    assert raised.value.hint == "look at it"
    assert counted.time == pytest.approx(60)


def test_pauses_grow_up_to_a_bound() -> None:
    counted = Counted()
    with pytest.raises(DeadlineError):
        until(lambda: None, deadline=DEADLINE, clock=counted.clock())
    grown = counted.pauses[:-1]
    assert grown == sorted(grown)
    assert max(grown) == LONGEST_PAUSE


def test_an_error_of_the_poll_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        until(lambda: 1 // 0, deadline=DEADLINE)
