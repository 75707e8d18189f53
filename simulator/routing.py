"""Which request goes to which handler, and who may call it: the engine's three key classes, CORS, 404 and 405."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from hmac import compare_digest
from typing import Final, Literal

from simulator.errors import RefusedError
from simulator.http import JSON, TEXT, Exchange

Access = Literal["open", "normal", "admin"]

_PREFLIGHT_VARY: Final = (
    b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers, "
    b"Access-Control-Request-Private-Network"
)

Handler = Callable[[Exchange], Awaitable[None]]


@dataclass(frozen=True)
class Route:
    """`pattern` may end in one `{name}` that takes the rest of the path."""

    methods: tuple[str, ...]
    pattern: str
    handler: Handler
    access: Access = "normal"

    def parameters(self, path: str) -> dict[str, str] | None:
        """What `{name}` stands for; None when the path is another one."""
        if "{" not in self.pattern:
            return {} if path == self.pattern else None
        head, name, tail = re.split(r"[{}]", self.pattern)
        rest = path[len(head) : len(path) - len(tail) or None]
        matches = path.startswith(head) and path.endswith(tail) and rest
        return {name: rest} if matches and ("/" not in rest or not tail) else None


@dataclass(frozen=True)
class Keys:
    """`--api-key` and `--admin-api-key`, "" where not given."""

    api: str = ""
    admin: str = ""

    def allow(self, exchange: Exchange, access: Access) -> bool:
        """The engine's rules: admin routes take the admin key when there is one, else the API key."""
        open_path = exchange.path.startswith(("/health", "/ready", "/metrics"))
        if exchange.method == "OPTIONS" or access == "open" or open_path:
            return True
        key = (self.admin or self.api) if access == "admin" else self.api
        scheme, _, given = exchange.header(b"authorization").partition(" ")
        return not key or (scheme.lower() == "bearer" and compare_digest(given.encode(), key.encode()))


async def unauthorized(exchange: Exchange) -> None:
    """401, from before the layer that adds `vary`."""
    exchange.status, body = 401, b'{"error":"Unauthorized"}'
    headers = [(b"content-length", str(len(body)).encode()), (b"content-type", JSON)]
    await exchange.send({"type": "http.response.start", "status": 401, "headers": headers})
    await exchange.send({"type": "http.response.body", "body": body})


async def preflight(exchange: Exchange) -> None:
    """CORS, as generous as the engine's."""
    exchange.status = 200
    headers = [
        (b"vary", _PREFLIGHT_VARY),
        (b"access-control-allow-methods", b"DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY"),
        (b"access-control-max-age", b"600"),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-allow-origin", exchange.header(b"origin").encode("latin-1")),
        (b"content-length", b"2"),
        (b"content-type", TEXT),
    ]
    if asked := exchange.header(b"access-control-request-headers"):
        headers.append((b"access-control-allow-headers", asked.encode("latin-1")))
    await exchange.send({"type": "http.response.start", "status": 200, "headers": headers})
    await exchange.send({"type": "http.response.body", "body": b"OK"})


@dataclass
class Table:
    """All routes, and what is done before and after each."""

    routes: tuple[Route, ...]
    keys: Keys

    def find(self, exchange: Exchange) -> tuple[Route | None, tuple[str, ...]]:
        """The route, and the methods that its path has when the method is a wrong one."""
        allowed: tuple[str, ...] = ()
        for route in self.routes:
            parameters = route.parameters(exchange.path)
            if parameters is None:
                continue
            if exchange.method in route.methods:
                exchange.parameters = parameters
                return route, ()
            allowed += route.methods
        return None, allowed

    async def serve(self, exchange: Exchange, route: Route | None, allowed: tuple[str, ...]) -> None:
        """Answers, whatever comes."""
        if exchange.method == "OPTIONS" and exchange.header(b"access-control-request-method"):
            await preflight(exchange)
        elif not self.keys.allow(exchange, route.access if route else "normal"):
            await unauthorized(exchange)
        elif route is None:
            await self._nowhere(exchange, allowed)
        else:
            try:
                await route.handler(exchange)
            except RefusedError as refused:
                await exchange.answer(refused.status, refused.body)

    async def _nowhere(self, exchange: Exchange, allowed: tuple[str, ...]) -> None:
        if allowed:
            extra = [(b"allow", ", ".join(allowed).encode())]
            await exchange.answer(405, b'{"detail":"Method Not Allowed"}', extra=extra)
        elif self._has(exchange.path.rstrip("/")):
            host = exchange.header(b"host")
            place = f"{exchange.scope['scheme']}://{host}{exchange.path.rstrip('/')}"
            await exchange.answer(307, extra=[(b"location", place.encode("latin-1"))])
        else:
            await exchange.answer(404, b'{"detail":"Not Found"}')

    def _has(self, path: str) -> bool:
        return any(route.parameters(path) is not None for route in self.routes)
