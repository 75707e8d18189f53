"""A whole OpenAI-compatible server for runs: lists its model, counts tokens, streams chat; faults are given."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.loadtest.chat_bytes import DONE, HEAD, ROLE, content, event, reply
from tests.loadtest.scripted_server import Piece, Script, Server, scripted_server

MODEL = "stub-8b"


@dataclass(frozen=True)
class Manners:
    """How the server behaves: seconds before and between chunks, the key it wants, how its streams end."""

    ttft: float = 0.01
    gap: float = 0.005
    tokens: int | None = None
    """Chunks of each answer; None: as many as were asked for."""
    key: str = ""
    end: bytes = DONE
    counters: str = ""
    """What /metrics says; empty: there is no such route."""


@contextmanager
def chat_server(manners: Manners, *, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serve on a free loopback port."""
    with scripted_server(lambda request: _answer(request, manners), tls=tls) as server:
        yield server


def _answer(request: bytes, manners: Manners) -> Script:
    head, _, body = request.partition(b"\r\n\r\n")
    if manners.key and f"Authorization: Bearer {manners.key}".encode().lower() not in head.lower():
        return [Piece(reply("401 Unauthorized", {"error": "Unauthorized"}))]
    path = head.split(b" ")[1]
    if path == b"/v1/models":
        return [Piece(reply("200 OK", {"object": "list", "data": [{"id": MODEL}]}))]
    if path == b"/v1/chat/completions":
        return _chat(json.loads(body), manners)
    if path == b"/v1/tokenize":
        return [Piece(reply("200 OK", {"count": 1 + len(json.loads(body)["prompt"].split())}))]
    if path == b"/metrics" and manners.counters:
        return [
            Piece(
                f"HTTP/1.1 200 OK\r\nContent-Length: {len(manners.counters)}\r\n\r\n{manners.counters}".encode()
            )
        ]
    return [Piece(reply("404 Not Found", {"detail": "Not Found"}))]


def _chat(request: dict[str, object], manners: Manners) -> Script:
    prompt = 5 + len(str(request["messages"]).split())
    if not request.get("stream"):
        usage = {"prompt_tokens": prompt, "completion_tokens": 1}
        return [Piece(reply("200 OK", {"choices": [{"message": {"content": "x"}}], "usage": usage}))]
    wanted = manners.tokens or int(str(request["max_tokens"]))
    gaps = [manners.ttft, *([manners.gap] * (wanted - 1))]
    usage = event({"choices": [], "usage": {"prompt_tokens": prompt, "completion_tokens": wanted}})
    words = (Piece(content(" word"), after=gap) for gap in gaps)
    return [Piece(HEAD + ROLE), *words, Piece(usage), Piece(manners.end)]
