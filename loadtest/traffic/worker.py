"""A load-generating process: a Locust worker that gets its job from the master and sends records back."""

from __future__ import annotations

import logging
import resource
import signal
import sys
from enum import Enum
from typing import Any, Final

from locust.env import Environment  # first: it patches the standard library

# isort: split
import gevent
from gevent.fileobject import FileObject
from locust.exception import RPCError
from locust.runners import WorkerRunner

from loadtest.errors import LoadtestError, RunError
from loadtest.record import RequestRecord
from loadtest.traffic.access import Access
from loadtest.traffic.conductor import Conductor
from loadtest.traffic.job import GO_MESSAGE, HELLO_MESSAGE, JOB_MESSAGE, READY_MESSAGE, STOP_MESSAGE, Job
from loadtest.traffic.users import ArrivalUser, ClosedUser

_USERS: Final = (ClosedUser, ArrivalUser)


class Lifeline(Enum):
    """Whether the process ends when its standard input does: its parent holds the other end."""

    STANDARD_INPUT = "standard input"
    NONE = "none"


def work(host: str, *, port: int, access: Access, lifeline: Lifeline) -> None:
    """Serve a master until it says quit. Raises RunError when there is none."""
    logging.getLogger("locust").setLevel(logging.WARNING)
    _allow_many_connections()
    environment = Environment(user_classes=list(_USERS))
    try:
        runner = environment.create_worker_runner(host, port)
    except (RPCError, ConnectionError) as problem:
        raise RunError(
            f"no load-test master at {host}:{port}: {problem}",
            hint="begin the run there first, with --expect-workers and --bind HOST:PORT",
        ) from None
    _Worker(environment, runner=runner, access=access).listen()
    if lifeline is Lifeline.STANDARD_INPUT:
        gevent.spawn(_end_with_parent)
    runner.greenlet.join()


class _Worker:
    """Connects Locust's messages with a `Conductor`."""

    def __init__(self, environment: Environment, *, runner: WorkerRunner, access: Access) -> None:
        self._environment = environment
        self._runner = runner
        self._access = access
        self._conductor: Conductor | None = None

    def listen(self) -> None:
        self._runner.register_message(JOB_MESSAGE, self._take_job, concurrent=True)
        self._runner.register_message(GO_MESSAGE, self._go, concurrent=True)
        self._runner.register_message(STOP_MESSAGE, self._stop, concurrent=True)
        self._runner.send_message(HELLO_MESSAGE, {})

    def _take_job(self, *, msg: Any, **_: Any) -> None:
        try:
            self._conductor = Conductor(
                Job.from_message(msg.data["job"]),
                access=self._access,
                index=int(msg.data["index"]),
                send=self._runner.send_message,
                notice=self._notice,
            )
        except LoadtestError as problem:
            self._runner.send_message(READY_MESSAGE, {"error": problem.message})
            return
        for user in _USERS:
            user.conductor = self._conductor
        self._runner.send_message(READY_MESSAGE, {"error": ""})

    def _go(self, *, msg: Any, **_: Any) -> None:
        if self._conductor:
            self._conductor.gate.open_at(float(msg.data["at"]))
            self._conductor.conduct()

    def _stop(self, **_: Any) -> None:
        if self._conductor:
            self._conductor.stop()

    def _notice(self, record: RequestRecord) -> None:
        """Locust's own statistics: one row for each class of requests, by the time to the last token."""
        end = record.done or record.last or record.sent
        self._environment.events.request.fire(  # type: ignore[no-untyped-call]  # Locust has no types here
            request_type="chat",
            name=record.request_class,
            response_time=(end - record.sent) * 1000,
            response_length=record.completion_tokens or 0,
            exception=RunError(f"{record.error}: {record.detail}") if record.error else None,
            context={},
        )


def _end_with_parent() -> None:
    FileObject(sys.stdin.fileno(), "rb", close=False).read()
    signal.raise_signal(signal.SIGTERM)  # there is nobody left to report to


def _allow_many_connections() -> None:
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
