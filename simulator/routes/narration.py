"""Streams: every token becomes an event within the engine's step, the rest follows at the end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable
from typing import Literal

from simulator.answers import Answer
from simulator.errors import QUEUE_FULL_EVENT
from simulator.http import EVENTS, Exchange, first_of
from simulator.server import Server
from simulator.sse import DONE

Finish = Callable[[], Iterable[bytes]]
Head = Literal["at once", "with the first token"]
"""When status and headers leave. The OpenAI routes wait for the first token, so that a refusal can have a status."""


async def narrate(
    server: Server, exchange: Exchange, answers: list[Answer], *, closing: Finish, head: Head
) -> None:
    """Begin, let the answers speak until all have ended, close. Aborts them when the client leaves."""
    if await first_of(_narrate(exchange, answers, closing, head), exchange.gone()) == "stopped":
        server.desk.abort(answers)


async def _narrate(exchange: Exchange, answers: list[Answer], closing: Finish, head: Head) -> None:
    if head == "with the first token":
        await asyncio.wait([answer.started for answer in answers], return_when=asyncio.FIRST_COMPLETED)
    await exchange.begin(200, [(b"content-type", EVENTS)])
    for answer in answers:
        answer.begin_speaking()
    await asyncio.gather(*(answer.finished() for answer in answers))
    for event in closing():
        await exchange.send({"type": "http.response.body", "body": event, "more_body": True})
    await exchange.send({"type": "http.response.body", "body": b""})


QUEUE_FULL: bytes = b"data: " + json.dumps(QUEUE_FULL_EVENT).encode() + b"\n\n"
"""With spaces, unlike all other events."""


async def refuse_stream(exchange: Exchange, *events: bytes) -> None:
    """A refusal that found the status sent already: 200, and the refusal as an event."""
    await exchange.begin(200, [(b"content-type", EVENTS)])
    for event in events or (QUEUE_FULL, DONE):
        await exchange.send({"type": "http.response.body", "body": event, "more_body": True})
    await exchange.send({"type": "http.response.body", "body": b""})


async def await_all(server: Server, exchange: Exchange, answers: list[Answer]) -> bool:
    """Wait for whole answers; false when the client left meanwhile, which aborts them."""

    async def all_finished() -> None:
        await asyncio.gather(*(answer.finished() for answer in answers))

    if await first_of(all_finished(), exchange.gone()) == "stopped":
        server.desk.abort(answers)
        return False
    return True
