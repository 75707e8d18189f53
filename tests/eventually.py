"""Waiting in tests: until something is so, with a bound, never for a fixed time."""

from __future__ import annotations

from collections.abc import Callable

from generator.runtime.wait import Deadline, until


def eventually(condition: Callable[[], bool], what: str, *, seconds: float = 60) -> None:
    """Until `condition` holds. `what` says what is wrong when it never does; raises DeadlineError."""
    until(lambda: True if condition() else None, deadline=Deadline(seconds, what))
