"""One worker's part of a run: readiness, start, end, and the records in between.

job -> ready -> go -> sessions are played -> the gate closes -> open answers drain -> the rest is cut -> end
"""

from __future__ import annotations

import gc
import itertools
import resource
from collections.abc import Callable, Iterator
from typing import Any, Final

import gevent
from gevent.pool import Group

from loadtest.arrivals import Closed, Trace, faster, schedule
from loadtest.client.exchange import Client
from loadtest.record import RequestRecord
from loadtest.scenarios import build
from loadtest.scenarios.model import Scenario
from loadtest.traffic.access import Access
from loadtest.traffic.gate import Gate
from loadtest.traffic.job import END_MESSAGE, RECORDS_MESSAGE, Job
from loadtest.traffic.outbox import Outbox
from loadtest.traffic.player import Outcome, Player

_REPORT_SECONDS: Final = 0.5
_POLL_SECONDS: Final = 0.05
_PAUSE_AFTER_ERROR: Final = 1.0
"""Seconds a user of a closed loop waits after a failed request: nobody hammers a server that refuses."""

Send = Callable[[str, dict[str, Any]], None]
Notice = Callable[[RequestRecord], None]


class Conductor:
    """Plays a worker's share of a job. `send` carries a message to the master."""

    def __init__(self, job: Job, *, access: Access, index: int, send: Send, notice: Notice) -> None:
        self.job = job
        self.gate = Gate()
        self._index = index
        self._send = send
        self._notice = notice
        self._outbox = Outbox()
        self._client = Client(access.endpoint(job.url), timeout=job.profile.timeout)
        self._scenario: Scenario = build(job.profile.scenario, words=job.words, seed=job.seed)
        self._player = Player(job, self._client, self.gate, keep=self._keep, worker=index)
        self._numbers = itertools.count(index, job.workers)
        self._sessions = Group()
        self._scenario.session(0)  # fills what is made once, before a request waits for it
        _settle()

    def conduct(self) -> None:
        """From go to end; sends records all the while."""
        self.gate.wait_open()
        reporter = gevent.spawn(self._report_often)
        self.gate.wait(self.job.profile.length - self.gate.now())
        self.gate.close()
        self._drain()
        self._client.cut()
        self._sessions.join(timeout=1)
        reporter.kill()
        self._report()
        used = resource.getrusage(resource.RUSAGE_SELF)
        self._send(END_MESSAGE, {"cpu_seconds": used.ru_utime + used.ru_stime, "records": self._outbox.count})
        self._client.close()

    def stop(self) -> None:
        """End early: no new requests, and what is open is cut."""
        self.gate.close()
        self._client.cut()

    def play_next(self) -> None:
        """Play one session for a user who waits for nothing but the last one's end."""
        self.gate.wait_open()
        number = next(self._numbers)
        if self._play(number, max(self._begin_of_user(number), self.gate.now())) is Outcome.FAILED:
            self.gate.wait(_PAUSE_AFTER_ERROR)

    def play_arrivals(self) -> None:
        """Play this worker's share of the arrivals, each at its time, whatever the server does."""
        self.gate.wait_open()
        for number, time in self._arrivals():
            # Half a second ahead the session gets its greenlet, so that its texts are made before its time.
            self.gate.wait(time - self.gate.now() - 0.5)
            if self.gate.closed:
                return
            self._sessions.spawn(self._play, number, time)

    def _begin_of_user(self, number: int) -> float:
        # Users begin one after the other; all at once they would stay in step and come in waves.
        arrivals = self.job.profile.arrivals
        return (
            number / arrivals.spawn_rate if isinstance(arrivals, Closed) and number < arrivals.users else 0.0
        )

    def _arrivals(self) -> Iterator[tuple[int, float]]:
        arrivals, length = self.job.profile.arrivals, self.job.profile.length
        if isinstance(arrivals, Closed):
            raise TypeError("closed arrivals have no times")
        if isinstance(arrivals, Trace):
            times: Iterator[float] = itertools.takewhile(
                lambda time: time < length, self._scenario.arrivals or ()
            )
        else:
            offered = faster(arrivals, factor=self.job.profile.overload)
            times = schedule(offered, seed=self.job.seed, length=length)
        return itertools.islice(enumerate(times), self._index, None, self.job.workers)

    def _play(self, number: int, scheduled: float) -> Outcome:
        session = self._scenario.session(number)
        return self._player.play(session, number=number, scheduled=scheduled)

    def _keep(self, record: RequestRecord) -> None:
        self._outbox.put(record)
        self._notice(record)

    def _drain(self) -> None:
        end = self.gate.now() + self.job.profile.drain
        while self._client.in_flight and self.gate.now() < end:
            gevent.sleep(_POLL_SECONDS)

    def _report_often(self) -> None:
        while True:
            gevent.sleep(_REPORT_SECONDS)
            self._report()

    def _report(self) -> None:
        state = {"lines": self._outbox.take(), "in_flight": self._client.in_flight, "at": self.gate.now()}
        self._send(RECORDS_MESSAGE, state)


def _settle() -> None:
    # What is alive now stays, and requests leave no cycles: few collections, and short ones, make chunks wait less.
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 50, 1_000)
