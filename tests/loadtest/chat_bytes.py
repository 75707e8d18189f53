"""Chat completions as the bytes of HTTP responses."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tests.loadtest.scripted_server import Piece, Script

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Replica: replica-0\r\nTransfer-Encoding: chunked\r\n\r\n"
USAGE = {"prompt_tokens": 9, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 4}}


def event(payload: object) -> bytes:
    text = payload if isinstance(payload, str) else json.dumps(payload, separators=(",", ":"))
    return chunk(f"data: {text}\n\n".encode())


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def content(text: str) -> bytes:
    return event({"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]})


ROLE = event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": ""}}]})
DONE = event("[DONE]") + b"0\r\n\r\n"
LAST = event({"choices": [], "usage": USAGE}) + DONE


def stream(gaps: Sequence[float]) -> Script:
    """A streamed answer whose content chunks come after these gaps, the first after the role."""
    return [Piece(HEAD + ROLE), *(Piece(content(" word"), after=gap) for gap in gaps), Piece(LAST)]


def reply(status: str, body: object) -> bytes:
    text = json.dumps(body).encode()
    return b"HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
        status.encode(),
        len(text),
        text,
    )
