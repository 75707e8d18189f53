"""A client of streams and conversations on raw sockets: what it costs must not hide what it measures.

`python -m benchmarks.edge.client URL STREAMS TOKENS SECONDS KEY` opens STREAMS streams over so many SECONDS, reads each to
its end, and prints {ttft: [seconds...], tokens, complete}.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import uvloop

MARK = b'"content":"'
END = b"data: [DONE]"


@dataclass(frozen=True)
class Answer:
    """One streamed answer: seconds until its first token, its text, and what the engine said of the prompt."""

    ttft: float
    tokens: int
    complete: bool
    text: str = ""
    prompt_tokens: int = 0
    cached_tokens: int = 0


class Connection:
    """One kept connection to a server, opened with its first request."""

    def __init__(self, url: str, key: str = "") -> None:
        parts = urlsplit(url)
        self.host, self.port = parts.hostname or "127.0.0.1", parts.port or 80
        self.key = key
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def stream(self, body: bytes) -> Answer:
        """Post a chat request and read its stream."""
        begin = time.perf_counter()
        reader, writer = self.streams or await asyncio.open_connection(self.host, self.port, limit=1 << 20)
        self.streams = (reader, writer)
        authorization = f"Authorization: Bearer {self.key}\r\n" if self.key else ""
        head = (
            f"POST /v1/chat/completions HTTP/1.1\r\nHost: {self.host}:{self.port}\r\n{authorization}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        status = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in status[:20]:
            raise RuntimeError(f"{status[:200]!r} {await reader.read(500)!r}")
        first = 0.0
        pieces = []
        while True:
            size = int(await reader.readuntil(b"\r\n"), 16)
            data = await reader.readexactly(size + 2)
            if size == 0:
                break
            if not first and _has_content(data):
                first = time.perf_counter()
            pieces.append(data[:-2])
        return _answer(b"".join(pieces), (first or time.perf_counter()) - begin)

    def close(self) -> None:
        """Let go of it."""
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


def _has_content(data: bytes) -> bool:
    at = data.find(MARK)
    return at >= 0 and data[at + len(MARK) : at + len(MARK) + 1] != b'"'


def _answer(received: bytes, ttft: float) -> Answer:
    text: list[str] = []
    usage: dict[str, Any] = {}
    tokens = 0
    for line in received.split(b"\n"):
        if line.startswith(b"data: {"):
            event: dict[str, Any] = json.loads(line[6:])
            usage = event.get("usage") or usage
            for choice in event["choices"]:
                if content := choice["delta"].get("content"):
                    text.append(content)
                    tokens += 1
    details = usage.get("prompt_tokens_details") or {}
    return Answer(
        ttft,
        tokens,
        END in received,
        "".join(text),
        usage.get("prompt_tokens", 0),
        details.get("cached_tokens", 0),
    )


async def many(url: str, *, streams: int, tokens: int, seconds: float, key: str) -> list[Answer]:
    """So many streams at once, opened one after the other over so many seconds."""
    message = {"role": "user", "content": "Count for me, please, as far as you can."}

    async def one(number: int) -> Answer:
        await asyncio.sleep(number / streams * seconds)
        body = {"model": "stub", "messages": [message], "max_tokens": tokens, "stream": True}
        connection = Connection(url, key)
        try:
            return await connection.stream(json.dumps(body, separators=(",", ":")).encode())
        finally:
            connection.close()

    return await asyncio.gather(*(one(number) for number in range(streams)))


def main(url: str, streams: int, tokens: int, seconds: float, key: str) -> None:
    """Print what was measured."""
    answers = uvloop.run(many(url, streams=streams, tokens=tokens, seconds=seconds, key=key))
    print(
        json.dumps(
            {
                "ttft": [answer.ttft for answer in answers],
                "tokens": sum(answer.tokens for answer in answers),
                "complete": sum(answer.complete and answer.tokens == tokens for answer in answers),
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4]), sys.argv[5])
