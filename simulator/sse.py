"""Server-sent events to the byte: `data: {...}` and a blank line each, `data: [DONE]` at the end."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from simulator.http import EVENTS, Exchange

DONE = b"data: [DONE]\n\n"


def event(value: Any, *, name: str = "") -> bytes:
    """One event; `name` as the Anthropic routes use it."""
    data = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + data + b"\n\n"


def split_event(value: Any, *, mark: str) -> tuple[bytes, bytes]:
    """An event that is the same but for one text: what comes before and after the JSON of `mark`."""
    head, _, tail = event(value).partition(json.dumps(mark).encode())
    return head, tail


class Pen:
    """Writes events straight to the connection, from within the engine's step.

    A task per stream that wakes for each token would cost more than the rest of the simulator, and let streams
    of one step overtake each other. The body's chunk framing is done here; begin and end are uvicorn's.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._transport = exchange.scope["sim.transport"]
        self._chunked = exchange.scope["http_version"] == "1.1"

    def write(self, data: bytes) -> None:
        """One event, one write, one chunk."""
        self._transport.write(b"%x\r\n%b\r\n" % (len(data), data) if self._chunked else data)


async def stream(exchange: Exchange, events: AsyncIterator[bytes]) -> None:
    """Each event leaves as it comes."""
    await exchange.begin(200, [(b"content-type", EVENTS)])
    send = exchange.send
    async for chunk in events:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})
