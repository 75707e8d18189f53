"""Waiting for something: a deadline, a growing pause, and the last status in the message."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from generator.errors import DeadlineError

Result = TypeVar("Result")

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0
GROWTH = 1.5


@dataclass(frozen=True)
class Clock:
    """Where the time comes from; tests pass one that only counts. `now` and `sleep` are in seconds."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


SYSTEM_CLOCK = Clock()


@dataclass(frozen=True)
class Deadline:
    """How long to wait (`seconds`); what is to be said (`what`, "x is not ready") and done when it was in vain."""

    seconds: float
    what: str
    hint: str = ""


def until(
    poll: Callable[[], Result | None],
    *,
    deadline: Deadline,
    status: Callable[[], str] = lambda: "",
    clock: Clock = SYSTEM_CLOCK,
) -> Result:
    """The first result of `poll` that is not None; asked at least once, with growing pauses.

    Raises DeadlineError: what is still not so, and what `status` said last.
    """
    end = clock.now() + deadline.seconds
    pause = FIRST_PAUSE
    while (result := poll()) is None:
        left = end - clock.now()
        if left <= 0:
            raise DeadlineError(_missed(deadline, status()), hint=deadline.hint)
        clock.sleep(min(pause, left))
        pause = min(pause * GROWTH, LONGEST_PAUSE)
    return result


def _missed(deadline: Deadline, last: str) -> str:
    return f"{deadline.what} after {deadline.seconds:g} s" + (f"; at last: {last}" if last else "")
