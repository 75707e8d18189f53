"""The run's clock, and whether requests may still be sent."""

from __future__ import annotations

import time

from gevent.event import Event


class Gate:
    """Opens at the run's start, which is 0 on its clock, and closes once."""

    def __init__(self) -> None:
        self.origin = 0.0
        """`perf_counter` at the run's start."""
        self._opened = Event()
        self._closed = Event()

    @property
    def closed(self) -> bool:
        """Whether no request may be sent any more."""
        return bool(self._closed.is_set())

    def now(self) -> float:
        """Seconds since the run's start; negative before."""
        return time.perf_counter() - self.origin

    def open_at(self, wall: float) -> None:
        """Fix the start at a wall-clock time, which the master chose for all workers."""
        self.origin = time.perf_counter() + (wall - time.time())
        self._opened.set()

    def wait_open(self) -> None:
        """Wait until the start is known."""
        self._opened.wait()

    def close(self) -> None:
        """No more requests."""
        self._closed.set()

    def wait(self, seconds: float) -> None:
        """Wait so long, or until the gate closes."""
        self._closed.wait(seconds)
