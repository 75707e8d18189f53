"""Stub engines that cost next to nothing: `python -m benchmarks.edge.engines PORT...`.

A request with `"stream":true` gets `max_tokens` events at RATE a second, the first after as long as each other one; any
other request a short answer at once. The health and information routes that sglang-router asks for answer too. All ports share one event loop.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from typing import Final, cast

import httptools
import uvloop

MODEL: Final = "stub"
RATE: Final = 50.0

# Two by turns: LiteLLM ends a stream that says the same word a hundred times.
EVENTS: Final = tuple(
    b'data: {"id":"6162530997fe4028b252ec030a55c404","object":"chat.completion.chunk","created":1795218776,"model":"stub",'
    b'"choices":[{"index":0,"delta":{"content":" %s"},"logprobs":null,"finish_reason":null}]}\n\n' % word
    for word in (b"word", b"talk")
)
DONE: Final = b"data: [DONE]\n\n"
_ANSWER: Final = json.dumps(
    {
        "id": "6162530997fe4028b252ec030a55c404",
        "object": "chat.completion",
        "created": 1795218776,
        "model": MODEL,
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": "A short answer."},
                "finish_reason": "stop",
            }
        ],
        "usage": {"prompt_tokens": 500, "completion_tokens": 8, "total_tokens": 508},
    }
).encode()
_INFORMATION: Final = json.dumps(
    {
        "model_path": MODEL,
        "served_model_name": MODEL,
        "tokenizer_path": MODEL,
        "is_generation": True,
        "data": [{"id": MODEL, "object": "model"}],
    }
).encode()
# The router says the newer of the two names, whatever it was told.
_TOKENS: Final = re.compile(rb'"max(?:_completion)?_tokens": ?(\d+)')


class Engine(asyncio.Protocol):
    """One connection."""

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.parser = httptools.HttpRequestParser(self)
        self.path = b""
        self.body = b""
        self.timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        self.transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        """Nobody reads any more."""
        if self.timer is not None:
            self.timer.cancel()

    def data_received(self, data: bytes) -> None:
        """Feed the parser, which calls back below."""
        self.parser.feed_data(data)

    def on_message_begin(self) -> None:
        """A request begins."""
        self.path, self.body = b"", b""

    def on_url(self, url: bytes) -> None:
        """Its path, in pieces."""
        self.path += url

    def on_body(self, body: bytes) -> None:
        """Its body, in pieces."""
        self.body += body

    def on_message_complete(self) -> None:
        """Answer it."""
        if not self.path.startswith((b"/v1/chat", b"/v1/completions", b"/generate")):
            self._whole(_INFORMATION)
        elif b'"stream":true' in self.body or b'"stream": true' in self.body:
            found = _TOKENS.search(self.body)
            loop = asyncio.get_running_loop()
            first = loop.time() + 1 / RATE
            self.timer = loop.call_at(first, self._first, int(found[1]) if found else 16, first, loop)
        else:
            self._whole(_ANSWER)

    def _whole(self, body: bytes) -> None:
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
        self.transport.write(head + body)

    def _first(self, left: int, due: float, loop: asyncio.AbstractEventLoop) -> None:
        """The head comes with the first token, as from SGLang."""
        self.transport.write(
            b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        self._event(left, due, loop)

    def _event(self, left: int, due: float, loop: asyncio.AbstractEventLoop) -> None:
        data = EVENTS[left % 2] if left else DONE
        self.transport.write(b"%x\r\n%s\r\n" % (len(data), data) + (b"" if left else b"0\r\n\r\n"))
        if left:
            following = due + 1 / RATE
            self.timer = loop.call_at(following, self._event, left - 1, following, loop)


async def serve(ports: list[int]) -> None:
    """Until it is ended."""
    loop = asyncio.get_running_loop()
    for port in ports:
        await loop.create_server(Engine, "127.0.0.1", port, backlog=4096)
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.install()
    asyncio.run(serve([int(port) for port in sys.argv[1:]]))
