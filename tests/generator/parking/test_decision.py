"""When replicas are parked and woken, second by second."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.parking.decision import Look, Memory, Verdict, judge
from generator.parking.load import Load
from generator.plan.model import Parking

RULES = Parking(keep=1, wake_queue=1, requests_per_replica=8, idle_after=60, holds=0)


def after(
    loads: Iterable[Load],
    *,
    awake: int,
    rules: Parking = RULES,
    replicas: int = 4,
    memory: Memory | None = None,
) -> Verdict | None:
    """The verdict after a look every 2 s."""
    memory = memory or Memory()
    for number, load in enumerate(loads):
        memory.add(Look(2.0 * number, awake, load), window=rules.idle_after)
    return judge(rules, memory, replicas=replicas)


def running(verdict: Verdict | None) -> int | None:
    return verdict.running if verdict else None


IDLE = [Load(0, 0)] * 31
"""A look every 2 s for 60 s."""


def test_before_the_first_look_nothing_is_known() -> None:
    assert judge(RULES, Memory(), replicas=4) is None


@pytest.mark.parametrize(
    ("running_now", "waiting", "awake", "expected"),
    [
        (4, 1, 1, 2),
        (4, 4, 1, 2),
        (4, 8, 1, 3),
        (4, 400, 1, 4),
        (8, 1, 2, 3),
        (32, 1, 4, None),
        (0, 3, 1, 3),
    ],
)
def test_a_queue_wakes_as_many_as_its_requests_need(
    running_now: int, waiting: int, awake: int, expected: int | None
) -> None:
    verdict = after([Load(running_now, waiting)] * 2, awake=awake)
    assert running(verdict) == expected


def test_the_cause_of_waking_is_told_in_numbers() -> None:
    verdict = after([Load(4, 8)] * 2, awake=1)
    assert verdict == Verdict(3, "8 requests waiting, 4 at work in each of 1 replica")


def test_a_single_look_at_a_queue_wakes_nobody() -> None:
    assert after([Load(4, 8)], awake=1) is None
    assert after([Load(4, 8), Load(4, 0), Load(4, 8)], awake=1) is None


def test_a_queue_below_the_threshold_wakes_nobody() -> None:
    rules = Parking(keep=1, wake_queue=5, requests_per_replica=8, idle_after=60, holds=0)
    assert after([Load(4, 4)] * 9, awake=1, rules=rules) is None
    assert running(after([Load(4, 5)] * 2, awake=1, rules=rules)) == 3


def test_idle_replicas_are_parked_when_the_window_is_over_and_not_before() -> None:
    assert after(IDLE[:-1], awake=4) is None
    assert after(IDLE, awake=4) == Verdict(1, "at most 0 requests open for 60 s")


def test_so_many_stay_as_the_peak_needs() -> None:
    assert running(after([Load(17, 0), *IDLE], awake=4)) == 1, "the peak is older than the window"
    assert running(after([*IDLE[:5], Load(17, 0), *IDLE[6:]], awake=4)) == 3
    assert after([*IDLE[:5], Load(25, 0), *IDLE[6:]], awake=4) is None


def test_what_always_runs_stays_and_comes_back() -> None:
    rules = Parking(keep=2, wake_queue=1, requests_per_replica=8, idle_after=60, holds=0)
    assert running(after(IDLE, awake=4, rules=rules)) == 2
    assert after(IDLE, awake=2, rules=rules) is None
    assert after([Load(0, 0)], awake=1, rules=rules) == Verdict(2, "2 always run")


def test_a_replica_that_does_not_answer_is_no_idle_one() -> None:
    silent = Load(0, 0, silent=("replica-1",))
    assert after([*IDLE[:20], silent, *IDLE[:30]], awake=4) is None
    assert after([*IDLE, silent], awake=4) is None
    assert running(after([silent, *IDLE], awake=4)) == 1


def test_a_queue_at_those_that_answer_wakes_others() -> None:
    assert running(after([Load(4, 2, silent=("replica-1",))] * 2, awake=2)) == 3


def test_what_made_others_wait_once_is_not_parked_into_again() -> None:
    memory = Memory()
    for at in (0.0, 2.0):
        memory.add(Look(at, 1, Load(4, 2)), window=60)
    busy = [Load(6, 0)] * 31
    for number, load in enumerate(busy):
        memory.add(Look(10 + 2.0 * number, 4, load), window=60)
    verdict = judge(RULES, memory, replicas=4)
    assert running(verdict) == 3, "a batch of 4 was full: 2 each leave room"
    assert running(after(busy, awake=4)) == 1, "8 each, where nobody ever waited"


@given(
    loads=st.lists(
        st.builds(Load, running=st.integers(0, 64), waiting=st.integers(0, 64)), min_size=1, max_size=80
    ),
    awake=st.integers(1, 4),
    keep=st.integers(1, 3),
)
def test_a_verdict_is_another_number_within_what_there_is(loads: list[Load], awake: int, keep: int) -> None:
    rules = Parking(keep=keep, wake_queue=1, requests_per_replica=8, idle_after=60, holds=0)
    verdict = after(loads, awake=awake, rules=rules)
    if verdict:
        assert keep <= verdict.running <= 4
        assert verdict.running != awake
