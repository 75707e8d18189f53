"""The little of HTTP that is needed, on plain ASGI: one request and the ways to answer it."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import parse_qsl

from simulator.disaggregation import Pairing

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

JSON = b"application/json"
TEXT = b"text/plain; charset=utf-8"
EVENTS = b"text/event-stream; charset=utf-8"
_VARY = (b"vary", b"Origin")


@dataclass
class Exchange:
    """One request and the way to answer it."""

    scope: Scope
    receive: Receive
    send: Send
    status: int = 0
    parameters: dict[str, str] = field(default_factory=dict)
    pairing: Pairing | None = None
    """Where a prompt and its answer are computed by two servers."""
    read: bytes | None = None
    """The body, once it was read."""
    events_until_reset: int = 0
    """A fault: after so many events of a stream its connection is reset. 0 for never."""

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        return str(self.scope["path"])

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.scope["query_string"].decode("latin-1")))

    def header(self, name: bytes) -> str:
        """The header's value, "" without one."""
        return next((value.decode("latin-1") for key, value in self.scope["headers"] if key == name), "")

    @property
    def transport(self) -> Any:
        """The connection itself, for what ASGI has no word for."""
        return self.scope["sim.transport"]

    def count_event(self) -> None:
        """One event of the stream was written; the last one that a fault allows is followed by a reset."""
        self.events_until_reset -= 1
        if not self.events_until_reset:
            reset(self.transport)

    async def body(self) -> bytes:
        """All of it, as often as asked."""
        if self.read is None:
            self.read = await self._read()
        return self.read

    async def _read(self) -> bytes:
        parts = []
        while True:
            message = await self.receive()
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                return b"".join(parts)

    async def gone(self) -> None:
        """Returns when the client closed the connection. The body must have been read."""
        while (await self.receive())["type"] != "http.disconnect":
            pass

    async def answer(
        self,
        status: int,
        body: bytes = b"",
        *,
        kind: bytes | None = JSON,
        extra: Iterable[tuple[bytes, bytes]] = (),
    ) -> None:
        """A whole answer; without a body no content type, as the engine does."""
        headers = [*extra, (b"content-length", str(len(body)).encode())]
        if body and kind:
            headers.append((b"content-type", kind))
        await self.begin(status, headers)
        if self.events_until_reset:
            reset(self.transport)
            return
        await self.send({"type": "http.response.body", "body": body})

    async def answer_json(self, value: Any, *, status: int = 200) -> None:
        """JSON without spaces."""
        text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        await self.answer(status, text.encode(errors="surrogatepass"))

    async def begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Status line and headers; what follows is sent by the caller."""
        self.status = status
        if origin := self.header(b"origin").encode("latin-1"):
            allowed = (b"access-control-allow-origin", origin), (b"access-control-allow-credentials", b"true")
            headers = [*headers, *allowed]
        await self.send({"type": "http.response.start", "status": status, "headers": [*headers, _VARY]})


def reset(transport: Any) -> None:
    """RST instead of FIN: what a killed container's kernel sends."""
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


async def first_of(work: Awaitable[Any], stop: Awaitable[Any]) -> Literal["done", "stopped"]:
    """Runs both; whichever is left over is cancelled. Errors of `work` pass."""
    tasks = asyncio.ensure_future(work), asyncio.ensure_future(stop)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[0].done():
            tasks[0].result()
            return "done"
        return "stopped"
    finally:
        for task in tasks:
            if not task.done():
                task.cancel()
