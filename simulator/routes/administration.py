"""Routes of the administrative key class."""

from __future__ import annotations

from simulator.http import Exchange
from simulator.routes.bodies import json_body
from simulator.server import Server

_FLUSHED = (
    b"Cache flushed.\nPlease check backend logs for more details. (When there are running or waiting requests, "
    b"the operation will not be performed.)\n"
)


async def flush_cache(server: Server, exchange: Exchange) -> None:
    """Only when nothing waits or runs."""
    done = server.engine.scheduler.flush() == "flushed"
    await exchange.answer(200 if done else 400, _FLUSHED if done else b"", kind=None)


async def abort_request(server: Server, exchange: Exchange) -> None:
    """The request of an id, or with `abort_all` every one; an unknown id is no error."""
    values = await json_body(exchange)
    scheduler = server.engine.scheduler
    for sequence in scheduler.inside():
        if values.get("abort_all") or sequence.rid == values.get("rid"):
            server.engine.abort(sequence)
    await exchange.answer(200)


async def pause_generation(server: Server, exchange: Exchange) -> None:
    """Nothing moves until `continue_generation`; running requests are aborted, which is the default mode."""
    for sequence in server.engine.scheduler.inside():
        server.engine.abort(sequence)
    server.engine.set_condition("stalled")
    await exchange.answer_json({"message": "Generation paused successfully.", "status": "ok"})


async def continue_generation(server: Server, exchange: Exchange) -> None:
    """Undo `pause_generation`."""
    server.engine.set_condition("well")
    await exchange.answer_json({"message": "Generation continued successfully.", "status": "ok"})


async def accepted(_: Server, exchange: Exchange) -> None:
    """A route that has nothing to administer here."""
    await exchange.answer(200)
