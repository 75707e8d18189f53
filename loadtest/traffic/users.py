"""Locust's users: one who waits for answers, and one who does not."""

from __future__ import annotations

from typing import ClassVar

from locust import User, constant, task
from locust.exception import StopUser

from loadtest.traffic.conductor import Conductor


class ClosedUser(User):
    """A person: plays one session after the other."""

    wait_time = constant(0)
    conductor: ClassVar[Conductor]

    @task
    def session(self) -> None:
        """Play the next session; leave when the run is over."""
        self.conductor.play_next()
        if self.conductor.gate.closed:
            raise StopUser


class ArrivalUser(User):
    """The clock of a worker's arrivals: one in each worker."""

    wait_time = constant(0)
    conductor: ClassVar[Conductor]

    @task
    def arrivals(self) -> None:
        """Play all arrivals of this worker, then leave."""
        self.conductor.play_arrivals()
        raise StopUser
