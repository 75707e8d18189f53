"""What a prefill or decode server does around each generation; nothing in a unified one."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from simulator.disaggregation import Appointment, Pairing, appointment, receive
from simulator.http import Exchange, first_of
from simulator.routes.bodies import json_body
from simulator.routing import Route
from simulator.server import Server

Handler = Callable[[Server, Exchange], Awaitable[None]]


def paired(handler: Handler) -> Handler:
    """The handler of a route that generates."""

    async def handle(server: Server, exchange: Exchange) -> None:
        if server.role == "unified":
            await handler(server, exchange)
            return
        exchange.pairing = pairing = Pairing(server.role, arrived=server.engine.clock.now())
        where = appointment(await json_body(exchange), backend=server.backend)
        if server.role == "prefill":
            await handler(server, exchange)
            if prompt := pairing.computed():
                server.rooms.enter(where.room, prompt)
        elif await first_of(_receive(server, pairing, where), exchange.gone()) == "done":
            await handler(server, exchange)

    return handle


async def _receive(server: Server, pairing: Pairing, where: Appointment) -> None:
    size = server.machine.kv_bytes_per_token
    pairing.prompt = await receive(where, backend=server.backend, kv_bytes_per_token=size)


def bootstrap_routes(server: Server) -> tuple[Route, ...]:
    """Of a prefill server's bootstrap port: decode servers ask here for prompts."""

    async def leave(exchange: Exchange) -> None:
        prompt = await server.rooms.leave(exchange.parameters["room"])
        await exchange.answer_json({"tokens": prompt.tokens, "cached": prompt.cached})

    async def health(exchange: Exchange) -> None:
        await exchange.answer(200, b"OK")

    return Route(("GET",), "/rooms/{room}", leave, "open"), Route(("GET",), "/health", health, "open")
