"""What a stub engine reads and writes: requests as they arrive, and what it can be told to do with one.

`answer:SECONDS`, `stream:EVENTS:SECONDS`, `cut:EVENTS`, `reset`, `silence`, `status:CODE`,
`busy:SECONDS` (503 with Retry-After).
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from time import monotonic

DONE = b"data: [DONE]\n\n"


@dataclass
class Arrival:
    """One request as it came over the wire."""

    method: str
    path: str
    version: str
    headers: Mapping[str, str]
    """Names in lower case; of a repeated header the last."""
    head: bytes
    body: bytes
    at: float
    peer: int
    """The sender's port: the same for requests on one connection."""
    left_at: float | None = None
    """When the other side closed before the answer was complete."""

    @property
    def request_id(self) -> str:
        """The one the edge gave it."""
        return self.headers.get("x-request-id", "")


async def read_request(reader: asyncio.StreamReader, *, peer: int) -> Arrival:
    """Raises IncompleteReadError at the connection's end."""
    head = await reader.readuntil(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    method, path, version = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Arrival(method, path, version, headers, head, body, monotonic(), peer)


def response(status: int, body: bytes, *, kind: str = "application/json", extra: str = "") -> bytes:
    """A whole answer with its length; `extra` are whole lines of headers."""
    head = f"HTTP/1.1 {status} Stub\r\ncontent-type: {kind}\r\ncontent-length: {len(body)}\r\n{extra}\r\n"
    return head.encode() + body


def event(number: int) -> bytes:
    """The chunk of one token, numbered, as SGLang frames it."""
    delta = {"choices": [{"index": 0, "delta": {"content": f" t{number}"}, "finish_reason": None}]}
    return f"data: {json.dumps(delta, separators=(',', ':'))}\n\n".encode()


def events(count: int) -> bytes:
    """All that a whole stream of `count` tokens consists of."""
    return b"".join(map(event, range(count))) + DONE


def reset(writer: asyncio.StreamWriter) -> None:
    """Close with RST instead of FIN."""
    raw = writer.get_extra_info("socket")
    if raw is not None and raw.fileno() >= 0:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _answers(values: list[str], arrival: Arrival, writer: asyncio.StreamWriter) -> bool:
    await asyncio.sleep(float(values[0]))
    writer.write(response(200, json.dumps({"object": "stub", "received": len(arrival.body)}).encode()))
    return True


async def _says_when(values: list[str], _: Arrival, writer: asyncio.StreamWriter) -> bool:
    writer.write(response(503, b"{}", extra=f"retry-after: {values[0]}\r\n"))
    return True


async def _streams(values: list[str], arrival: Arrival, writer: asyncio.StreamWriter) -> bool:
    await _send_events(int(values[0]), float(values[1]), arrival, writer)
    _send(writer, DONE, arrival)
    if arrival.version == "HTTP/1.1":
        writer.write(b"0\r\n\r\n")
    await writer.drain()
    return True


async def _cuts(values: list[str], arrival: Arrival, writer: asyncio.StreamWriter) -> bool:
    await _send_events(int(values[0]), 0.01, arrival, writer)
    await asyncio.sleep(0.05)
    reset(writer)
    return False


async def _send_events(count: int, gap: float, arrival: Arrival, writer: asyncio.StreamWriter) -> None:
    chunked = "transfer-encoding: chunked" if arrival.version == "HTTP/1.1" else "connection: close"
    writer.write(f"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n{chunked}\r\n\r\n".encode())
    for number in range(count):
        _send(writer, event(number), arrival)
        await writer.drain()
        await asyncio.sleep(gap)


def _send(writer: asyncio.StreamWriter, data: bytes, arrival: Arrival) -> None:
    writer.write(b"%x\r\n%s\r\n" % (len(data), data) if arrival.version == "HTTP/1.1" else data)


async def _resets(_values: list[str], _arrival: Arrival, writer: asyncio.StreamWriter) -> bool:
    reset(writer)
    return False


async def _keeps_silent(_values: list[str], _arrival: Arrival, _writer: asyncio.StreamWriter) -> bool:
    await asyncio.Event().wait()
    return False


async def _fails(values: list[str], _arrival: Arrival, writer: asyncio.StreamWriter) -> bool:
    writer.write(response(int(values[0]), b'{"object":"error","message":"from the engine"}'))
    return True


BEHAVIOURS: Mapping[str, Callable[[list[str], Arrival, asyncio.StreamWriter], Awaitable[bool]]] = {
    "answer": _answers,
    "stream": _streams,
    "cut": _cuts,
    "reset": _resets,
    "silence": _keeps_silent,
    "status": _fails,
    "busy": _says_when,
}
