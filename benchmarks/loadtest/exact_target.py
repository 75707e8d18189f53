"""A chat server whose schedule is exact and known: what a load test should have measured, to the microsecond.

`python -m benchmarks.loadtest.exact_target PORT` answers each request with `max_tokens` chunks, the first after TTFT seconds
(in one packet with nothing else), the others at the wanted rate. GET /truth gives, and forgets, one line for each
request: its X-Request-Id, the moment it was complete, and the moment before each chunk was written, all in
`perf_counter` seconds, which processes of one machine share. GET /stall/SECONDS holds every chunk back once, GET
/leak/MIB makes the process grow by so much a second.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from typing import Final, cast

import httptools
import uvloop

MODEL: Final = "exact"
TTFT: Final = 0.0025
RATE: Final = 30.0

_EVENT: Final = (
    'data: {"id":"6162530997fe4028b252ec030a55c404","object":"chat.completion.chunk","created":1795218776,'
    '"model":"exact","choices":[{"index":0,"delta":{"reasoning_content":null,"content":" word"},'
    '"logprobs":null,"finish_reason":null,"matched_stop":null}]}\n\n'
)
_USAGE: Final = (
    'data: {{"id":"6162530997fe4028b252ec030a55c404","object":"chat.completion.chunk","created":1795218776,'
    '"model":"exact","choices":[],"usage":{{"prompt_tokens":{prompt},"total_tokens":{total},'
    '"completion_tokens":{output},"prompt_tokens_details":{{"cached_tokens":0}}}}}}\n\ndata: [DONE]\n\n'
)
_HEAD: Final = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"

truth: list[tuple[str, float, list[float]]] = []
stall_until: list[float] = [0.0]
"""Chunks that are due before this moment of the loop's clock are held back to it."""

LEAK_STEP: Final = 0.1
leaked: list[bytes] = []
leak_rate: list[float] = [0.0]
"""Bytes a second that are taken and never given back."""


def chunk(text: str) -> bytes:
    """One HTTP chunk."""
    data = text.encode()
    return b"%x\r\n%s\r\n" % (len(data), data)


CONTENT: Final = chunk(_EVENT)


class Connection(asyncio.Protocol):
    """One keep-alive connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the loop."""
        self.transport = cast(asyncio.Transport, transport)
        self.loop = asyncio.get_running_loop()
        self._begin()

    def _begin(self) -> None:
        self.parser = httptools.HttpRequestParser(self)
        self.path, self.request_id, self.body = "", "", b""

    def data_received(self, data: bytes) -> None:
        """Called by the loop."""
        self.parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        """Called by the parser."""
        self.path = url.decode()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        if name.lower() == b"x-request-id":
            self.request_id = value.decode()

    def on_body(self, body: bytes) -> None:
        """Called by the parser."""
        self.body += body

    def on_message_complete(self) -> None:
        """Called by the parser."""
        now = time.perf_counter()
        if self.path == "/v1/chat/completions":
            self._chat(json.loads(self.body), now=now)
        elif self.path == "/truth":
            self._reply({"requests": truth})
            truth.clear()
        elif self.path.startswith("/stall/"):
            stall_until[0] = self.loop.time() + float(self.path.removeprefix("/stall/"))
            self._reply({})
        elif self.path.startswith("/leak/"):
            leak_rate[0] = float(self.path.removeprefix("/leak/")) * 2**20
            self._reply({})
        else:
            self._reply({"object": "list", "data": [{"id": MODEL, "object": "model"}]})

    def _chat(self, request: dict[str, object], *, now: float) -> None:
        tokens = int(str(request.get("max_completion_tokens") or request.get("max_tokens") or 16))
        words = len(str(request.get("messages")).split())
        usage = _USAGE.format(prompt=words, output=tokens, total=words + tokens)
        if not request.get("stream"):
            self._reply({"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens": words}})
            return
        moments: list[float] = []
        truth.append((self.request_id, now, moments))
        self.transport.write(_HEAD)
        self._tick(self.loop.time() + TTFT, tokens=tokens, moments=moments, end=chunk(usage) + b"0\r\n\r\n")

    def _tick(self, due: float, *, tokens: int, moments: list[float], end: bytes) -> None:
        def write() -> None:
            if self.transport.is_closing():
                return
            if self.loop.time() < stall_until[0]:
                self.loop.call_at(stall_until[0], write)
                return
            moments.append(time.perf_counter())
            self.transport.write(CONTENT)
            if len(moments) == tokens:
                self.transport.write(end)
                self._begin()
            else:
                # From the due time, not from now: lateness of this loop does not add up.
                self.loop.call_at(due + len(moments) / RATE, write)

        self.loop.call_at(due, write)

    def _reply(self, body: object) -> None:
        text = json.dumps(body).encode()
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(text)
        self.transport.write(head + text)
        self._begin()


async def serve(port: int) -> None:
    """Serve until the process is ended."""
    leaking = asyncio.create_task(leak())
    server = await asyncio.get_running_loop().create_server(Connection, "127.0.0.1", port, backlog=1024)
    await asyncio.gather(leaking, server.serve_forever())


async def leak() -> None:
    """Take memory at the wanted rate; written to, or the system would not count it."""
    while True:
        await asyncio.sleep(LEAK_STEP)
        if leak_rate[0]:
            leaked.append(b"x" * int(leak_rate[0] * LEAK_STEP))


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1])))
