"""One HTTP/1.1 connection, read inside the event loop's own callback.

A greenlet that reads costs two switches and two system calls for every chunk. Here libev calls `_readable` for
each chunk and the greenlet that sent the request sleeps until the answer is complete: about half the processor
time, and a chunk never waits for a greenlet's turn. The socket is the standard library's own, not gevent's.
"""

from __future__ import annotations

import contextlib
import os
from typing import Final

import gevent
from gevent import monkey, socket
from gevent.event import AsyncResult

from loadtest.client.answer import Answer
from loadtest.client.arrival_clock import ANCILLARY_BYTES, SO_TIMESTAMPNS, arrival, clock_distance
from loadtest.client.endpoint import Endpoint
from loadtest.client.tls import Handshake, TlsLayer

_PlainSocket: Final = monkey.get_original("socket", "socket")
_READ: Final = 1
_READ_BYTES: Final = 65536


class Connection:
    """A connection to the endpoint. Opening raises OSError; TimeoutError after `timeout` seconds."""

    def __init__(self, endpoint: Endpoint, *, timeout: float) -> None:
        self.open = True
        self._answer: Answer | None = None
        self._finished = AsyncResult()
        self._sent = 0.0
        self._distance = 0.0
        self._socket = _PlainSocket(endpoint.family, socket.SOCK_STREAM)
        self._tls = TlsLayer(endpoint.tls, host=endpoint.host) if endpoint.tls else None
        try:
            self._connect(endpoint, timeout=timeout)
        except BaseException:
            self._socket.close()
            raise
        self._watcher = gevent.get_hub().loop.io(self._socket.fileno(), _READ)
        self._watcher.start(self._readable)

    def send(self, data: bytes, *, answer: Answer, sent: float) -> AsyncResult:
        """Write a request whose answer goes into `answer`; the result is set when that is complete."""
        self._answer, self._sent, self._distance = answer, sent, clock_distance()
        finished = self._finished = AsyncResult()
        try:
            self._write(self._tls.encrypted(data) if self._tls else data)
        except OSError:
            self._hung_up(answer)
        return finished

    def close(self) -> None:
        """Close the socket, whatever is under way."""
        if self.open:
            self.open = False
            self._watcher.stop()
            self._watcher.close()
            self._socket.close()

    def _connect(self, endpoint: Endpoint, *, timeout: float) -> None:
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with contextlib.suppress(OSError):
            self._socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        with contextlib.suppress(BlockingIOError):
            self._socket.connect(endpoint.address)
        socket.wait_write(self._socket.fileno(), timeout, TimeoutError("connecting took too long"))
        if code := self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(code, os.strerror(code))
        if self._tls:
            self._shake_hands(self._tls, timeout=timeout)

    def _shake_hands(self, tls: TlsLayer, *, timeout: float) -> None:
        state, data = tls.shake_hands(b"")
        while True:
            self._write(data)
            if state is Handshake.DONE:
                return
            socket.wait_read(self._socket.fileno(), timeout, TimeoutError("the TLS handshake took too long"))
            received = self._socket.recv(_READ_BYTES)
            if not received:
                raise OSError("the server hung up during the TLS handshake")
            state, data = tls.shake_hands(received)

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            try:
                left = left[self._socket.send(left) :]
            except BlockingIOError:
                socket.wait_write(self._socket.fileno())
                if not self.open:  # the whole answer came before the whole request was out
                    return

    def _readable(self) -> None:
        try:
            data, ancillary, _, _ = self._socket.recvmsg(_READ_BYTES, ANCILLARY_BYTES)
            ended = not data
            if self._tls:
                data = self._tls.decrypted(data)
        except BlockingIOError:
            return
        except OSError:
            data, ancillary, ended = b"", [], True
        answer = self._answer
        if answer is None:
            self._heard_while_idle(data, ended=ended)
        elif ended:
            self._hung_up(answer)
        elif data:
            answer.feed(data, now=arrival(ancillary, distance=self._distance, sent=self._sent))
            if answer.complete:
                self._finish(answer)

    def _heard_while_idle(self, data: bytes, *, ended: bool) -> None:
        # TLS sends records of its own at any time; everything else means that this connection is over.
        if data or ended:
            self.close()

    def _hung_up(self, answer: Answer) -> None:
        answer.feed_end(now=arrival([], distance=0.0, sent=0.0))
        self._finish(answer)

    def _finish(self, answer: Answer) -> None:
        self._answer = None
        if not answer.keep_alive:
            self.close()
        self._finished.set(None)
