"""Send one request, wait for its answer: connections are kept and shared, every failure becomes an error class."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import gevent
from gevent.event import AsyncResult

from loadtest.client.answer import Answer, Keep
from loadtest.client.connection import Connection
from loadtest.client.endpoint import Endpoint, request_bytes
from loadtest.record import CANCELLED, CUT

CONNECT_SECONDS: Final = 10.0
"""A server on the same host or network that takes longer to accept is as good as dead."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request to send. `cancel_after` is seconds until the client hangs up on purpose."""

    id: str
    body: bytes
    session: str = ""
    keep: Keep = Keep.NOTHING
    cancel_after: float | None = None


@dataclass(slots=True, eq=False)
class Exchange:
    """A request under way, or over: `sent` is t0 in `perf_counter` seconds."""

    call: Call
    answer: Answer
    sent: float = 0.0


class Client:
    """Sends requests to one endpoint. `timeout` is the longest a whole answer may take, in seconds."""

    def __init__(self, endpoint: Endpoint, *, timeout: float) -> None:
        self._endpoint = endpoint
        self._timeout = timeout
        self._idle: list[Connection] = []
        self._under_way: dict[Exchange, AsyncResult] = {}

    @property
    def in_flight(self) -> int:
        """Requests whose answer is not complete."""
        return len(self._under_way)

    def send(self, call: Call) -> Exchange:
        """Do the exchange. Raises nothing of the network: what went wrong is in the answer."""
        exchange = Exchange(call, Answer(call.keep))
        data = request_bytes(self._endpoint, body=call.body, request_id=call.id, session=call.session)
        exchange.sent = time.perf_counter()
        try:
            connection = self._connection()
        except OSError as problem:
            exchange.answer.fail("connect", detail=str(problem))
            return exchange
        self._await(exchange, connection.send(data, answer=exchange.answer, sent=exchange.sent))
        self._put_back(connection, answer=exchange.answer)
        return exchange

    def cut(self) -> None:
        """Hang up on everything that is under way: the run is over."""
        for exchange, finished in list(self._under_way.items()):
            exchange.answer.fail("aborted", detail=CUT)
            finished.set(None)

    def close(self) -> None:
        """Close the idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _connection(self) -> Connection:
        while self._idle:
            connection = self._idle.pop()
            if connection.open:
                return connection
        return Connection(self._endpoint, timeout=CONNECT_SECONDS)

    def _await(self, exchange: Exchange, finished: AsyncResult) -> None:
        self._under_way[exchange] = finished
        try:
            finished.get(timeout=self._patience(exchange))
        except gevent.Timeout:
            self._give_up(exchange)
        finally:
            del self._under_way[exchange]

    def _patience(self, exchange: Exchange) -> float:
        wanted = exchange.call.cancel_after
        longest = self._timeout if wanted is None else min(wanted, self._timeout)
        return max(0.0, exchange.sent + longest - time.perf_counter())

    def _give_up(self, exchange: Exchange) -> None:
        if exchange.call.cancel_after is not None and exchange.call.cancel_after <= self._timeout:
            exchange.answer.fail("aborted", detail=CANCELLED)
        else:
            exchange.answer.fail("timeout", detail=f"no complete answer within {self._timeout:g} s")

    def _put_back(self, connection: Connection, *, answer: Answer) -> None:
        if answer.complete and connection.open:
            self._idle.append(connection)
        else:
            connection.close()
