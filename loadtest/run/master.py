"""The master of a run: gives the workers their job, collects their records, ends when they have ended."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TextIO

from locust.env import Environment  # first: it patches the standard library

# isort: split
import gevent
from gevent.event import Event
from locust.exception import RPCError
from locust.runners import MasterRunner

from loadtest.arrivals import Closed
from loadtest.errors import RunError
from loadtest.record import RequestRecord
from loadtest.run.crew import Crew
from loadtest.run.interrupt import interruptible
from loadtest.run.live import Live
from loadtest.traffic.job import (
    END_MESSAGE,
    GO_MESSAGE,
    HELLO_MESSAGE,
    JOB_MESSAGE,
    READY_MESSAGE,
    RECORDS_MESSAGE,
    STOP_MESSAGE,
    Job,
)
from loadtest.traffic.users import ArrivalUser, ClosedUser

_READY_SECONDS: Final = 60.0
_LEAD_SECONDS: Final = 0.5
"""Between the order to start and the start: time for the order to reach every worker."""
_TAIL_SECONDS: Final = 15.0
_POLL_SECONDS: Final = 0.1

Ended = Literal["complete", "interrupted", "failed"]
Watch = Callable[[float], None]
"""Called about ten times a second with the seconds of the run."""


@dataclass
class Collected:
    """What came back from the workers."""

    cpu_seconds: float = 0.0
    ended: Ended = "complete"
    reason: str = ""
    length: float = 0.0
    """Seconds in which requests were sent."""
    wall_start: float = 0.0
    ends: set[str] = field(default_factory=set)


class Master:
    """One run's master. `sink` gets the raw lines, `live` the records. Making one raises RunError."""

    def __init__(self, job: Job, *, bind: tuple[str, int], sink: TextIO, live: Live) -> None:
        logging.getLogger("locust").setLevel(logging.ERROR)
        self.job = job
        self.environment = Environment(
            user_classes=[ClosedUser if isinstance(job.profile.arrivals, Closed) else ArrivalUser],
            host=job.url,
        )
        self.runner = _listening(self.environment, bind=bind)
        self._sink = sink
        self._live = live
        self._listening: list[str] = []
        self._ready: dict[str, str] = {}
        self._collected = Collected()
        self._interrupted = Event()
        stopping = self.environment.events.test_stopping  # the web UI's stop button
        stopping.add_listener(lambda **_: self._interrupted.set())  # type: ignore[no-untyped-call]
        self.runner.register_message(HELLO_MESSAGE, self._take_hello)
        self.runner.register_message(READY_MESSAGE, self._take_ready)
        self.runner.register_message(RECORDS_MESSAGE, self._take_records)
        self.runner.register_message(END_MESSAGE, self._take_end)

    @property
    def port(self) -> int:
        """Where workers reach it."""
        return int(self.runner.server.port)

    def prepare(self, crew: Crew) -> None:
        """Wait for all workers and give them the job. Raises RunError when one does not come or cannot."""
        self._wait_for(lambda: len(self._listening) >= self.job.workers, crew, what="workers to connect")
        for index, client in enumerate(self._listening):
            message = {"job": self.job.to_message(), "index": index}
            self.runner.send_message(JOB_MESSAGE, message, client_id=client)
        self._wait_for(lambda: len(self._ready) >= self.job.workers, crew, what="workers to be ready")
        if problems := {problem for problem in self._ready.values() if problem}:
            raise RunError("; ".join(sorted(problems)))

    def conduct(self, crew: Crew, *, watch: Watch) -> Collected:
        """From the start to the last worker's end."""
        start = self._collected.wall_start = time.time() + _LEAD_SECONDS
        self.runner.send_message(GO_MESSAGE, {"at": start})
        arrivals = self.job.profile.arrivals
        users = arrivals.users if isinstance(arrivals, Closed) else self.job.workers
        # All users at once: each waits for its own moment, which Locust could only give them by the second.
        spawning = gevent.spawn(self.runner.start, users, users)
        with interruptible(self._interrupted.set):
            self._follow(crew, start=start, watch=watch)
        spawning.kill()
        return self._collected

    def quit(self) -> None:
        """Send the workers home."""
        self.runner.quit()

    def _follow(self, crew: Crew, *, start: float, watch: Watch) -> None:
        profile, collected = self.job.profile, self._collected
        deadline = profile.length + profile.drain + _TAIL_SECONDS
        while len(collected.ends) < self.job.workers:
            gevent.sleep(_POLL_SECONDS)
            elapsed = time.time() - start
            watch(elapsed)
            if self._interrupted.is_set() and collected.ended == "complete":
                collected.ended, collected.reason = "interrupted", f"after {elapsed:.0f} s"
                collected.length = min(elapsed, profile.length)
                deadline = elapsed + _TAIL_SECONDS
                self.runner.send_message(STOP_MESSAGE, {})
            if crew.lost() or elapsed > deadline:
                collected.ended, collected.reason = "failed", _reason(crew)
                collected.length = min(elapsed, profile.length)
                break
        collected.length = collected.length or profile.length

    def _take_hello(self, *, msg: Any, **_: Any) -> None:
        self._listening.append(msg.node_id)

    def _take_ready(self, *, msg: Any, **_: Any) -> None:
        self._ready[msg.node_id] = msg.data["error"]

    def _take_records(self, *, msg: Any, **_: Any) -> None:
        self._sink.write(msg.data["lines"])
        self._sink.flush()
        for line in msg.data["lines"].splitlines():
            self._live.take(RequestRecord.from_line(line), at=float(msg.data["at"]))
        self._live.take_state(msg.node_id, in_flight=int(msg.data["in_flight"]))

    def _take_end(self, *, msg: Any, **_: Any) -> None:
        self._collected.cpu_seconds += float(msg.data["cpu_seconds"])
        self._collected.ends.add(msg.node_id)

    def _wait_for(self, reached: Callable[[], bool], crew: Crew, *, what: str) -> None:
        deadline = time.monotonic() + _READY_SECONDS
        while not reached():
            gevent.sleep(_POLL_SECONDS)
            if crew.lost():
                raise RunError(
                    f"a worker process ended with {crew.lost()[0]} before the run began",
                    hint="its own message is above",
                )
            if time.monotonic() > deadline:
                raise RunError(
                    f"waited {_READY_SECONDS:.0f} s for {what}",
                    hint="is this machine too busy? do workers from elsewhere reach its --bind address?",
                )


def _listening(environment: Environment, *, bind: tuple[str, int]) -> MasterRunner:
    try:
        return environment.create_master_runner(*bind)
    except RPCError as problem:
        raise RunError(f"no worker can connect: {problem}", hint="give another --bind HOST:PORT") from None


def _reason(crew: Crew) -> str:
    if lost := crew.lost():
        return f"a worker process ended with {lost[0]}"
    return "the workers did not end in time"
