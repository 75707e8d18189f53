"""Is it there, is it ready, is it healthy, and its metrics."""

from __future__ import annotations

import asyncio

from simulator.errors import RefusedError
from simulator.http import Exchange
from simulator.server import Server

_METRICS_KIND = b"text/plain; version=0.0.4; charset=utf-8"
POLL_SECONDS = 1.0
"""The real check looks once a second whether its one-token request was answered: it takes a second at least."""


async def root(_: Server, exchange: Exchange) -> None:
    """Fixed text; HEAD has its length only."""
    await exchange.answer_json("SGLang is running")


async def health(server: Server, exchange: Exchange) -> None:
    """503 while starting or draining; else asks the scheduler, which a hung one never answers."""
    if server.draining or server.status == "starting":
        await exchange.answer(503)
        return
    waited = 0.0
    while waited < server.health_timeout:
        await asyncio.sleep(POLL_SECONDS)
        waited += POLL_SECONDS
        if server.engine.condition != "stalled":  # a zombie answers checks, and nothing else
            server.status = "up"
            await exchange.answer(200)
            return
    server.log.say(
        "Health check failed. Server couldn't get a response from detokenizer for last "
        f"{server.health_timeout:g} seconds."
    )
    server.status = "unhealthy"
    await exchange.answer(503)


async def alive(_: Server, exchange: Exchange) -> None:
    """Without asking anybody."""
    await exchange.answer(200)


async def ready(server: Server, exchange: Exchange) -> None:
    """A flag, at once."""
    await exchange.answer(200 if server.status == "up" and not server.draining else 503)


async def metrics(server: Server, exchange: Exchange) -> None:
    """Only with --enable-metrics. Raises RefusedError without it."""
    if not server.arguments.enable_metrics:
        raise RefusedError(404, {"detail": "Not Found"})
    await exchange.answer(200, server.metrics.exposition(), kind=_METRICS_KIND)
