"""Server-sent events to the byte: `data: {...}` and a blank line each, `data: [DONE]` at the end."""

from __future__ import annotations

import json
from typing import Any

from simulator.http import Exchange

DONE = b"data: [DONE]\n\n"


def event(value: Any, *, name: str = "") -> bytes:
    """One event; `name` as the Anthropic routes use it."""
    data = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode(errors="surrogatepass")
    head = f"event: {name}\n".encode() if name else b""
    return head + b"data: " + data + b"\n\n"


def split_event(value: Any, *, mark: str, name: str = "") -> tuple[bytes, bytes]:
    """An event that is the same but for one text: what comes before and after the JSON of `mark`."""
    head, _, tail = event(value, name=name).partition(json.dumps(mark).encode())
    return head, tail


class Pen:
    """Writes events straight to the connection, from within the engine's step.

    A task per stream that wakes for each token would cost more than the rest of the simulator, and let streams
    of one step overtake each other. The body's chunk framing is done here; begin and end are uvicorn's. A client
    that reads too slowly has its events buffered, as in the real server.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._transport = exchange.transport
        self._exchange = exchange

    def write(self, data: bytes) -> None:
        """One event, one write, one chunk."""
        if not self._transport.is_closing():
            self._transport.write(b"%x\r\n%b\r\n" % (len(data), data))
            if self._exchange.events_until_reset:
                self._exchange.count_event()
