"""The little of HTTP that is needed, on plain ASGI: requests, answers, streams, and who may call what."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from hmac import compare_digest
from typing import Any, Literal
from urllib.parse import parse_qsl

from simulator.errors import RefusedError

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Access = Literal["open", "normal", "admin"]

JSON = b"application/json"
TEXT = b"text/plain; charset=utf-8"
EVENTS = b"text/event-stream; charset=utf-8"
_VARY = (b"vary", b"Origin")
_PREFLIGHT_VARY = (
    b"Origin, Access-Control-Request-Method, Access-Control-Request-Headers, "
    b"Access-Control-Request-Private-Network"
)


@dataclass
class Exchange:
    """One request and the way to answer it."""

    scope: Scope
    receive: Receive
    send: Send
    status: int = 0
    parameters: dict[str, str] = field(default_factory=dict)

    @property
    def method(self) -> str:
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        return str(self.scope["path"])

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(self.scope["query_string"].decode("latin-1")))

    def header(self, name: bytes) -> str:
        """The header's value, "" without one."""
        return next((value.decode("latin-1") for key, value in self.scope["headers"] if key == name), "")

    async def body(self) -> bytes:
        """All of it."""
        parts = []
        while True:
            message = await self.receive()
            parts.append(message.get("body", b""))
            if not message.get("more_body"):
                return b"".join(parts)

    async def gone(self) -> None:
        """Returns when the client closed the connection. The body must have been read."""
        while (await self.receive())["type"] != "http.disconnect":
            pass

    async def answer(
        self, status: int, body: bytes = b"", *, kind: bytes = JSON, extra: Iterable[tuple[bytes, bytes]] = ()
    ) -> None:
        """A whole answer; without a body no content type, as the engine does."""
        headers = [(b"content-length", str(len(body)).encode()), *([(b"content-type", kind)] if body else [])]
        await self.begin(status, [*headers, *extra])
        await self.send({"type": "http.response.body", "body": body})

    async def answer_json(self, value: Any, *, status: int = 200) -> None:
        """JSON without spaces."""
        await self.answer(status, json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode())

    async def begin(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Status line and headers; what follows is sent by the caller."""
        self.status = status
        vary = [] if any(name == b"vary" for name, _ in headers) else [_VARY]
        await self.send({"type": "http.response.start", "status": status, "headers": [*headers, *vary]})


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
        return not key or compare_digest(exchange.header(b"authorization").encode(), f"Bearer {key}".encode())


async def unauthorized(exchange: Exchange) -> None:
    """401, from before the layer that adds `vary`."""
    exchange.status, body = 401, b'{"error":"Unauthorized"}'
    headers = [(b"content-length", str(len(body)).encode()), (b"content-type", JSON)]
    await exchange.send({"type": "http.response.start", "status": 401, "headers": headers})
    await exchange.send({"type": "http.response.body", "body": body})


async def preflight(exchange: Exchange) -> None:
    """CORS, as generous as the engine's."""
    origin = exchange.header(b"origin").encode()
    headers = [
        (b"vary", _PREFLIGHT_VARY),
        (b"access-control-allow-methods", b"DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY"),
        (b"access-control-max-age", b"600"),
        (b"access-control-allow-credentials", b"true"),
        (b"access-control-allow-origin", origin),
        (b"content-length", b"2"),
        (b"content-type", TEXT),
    ]
    await exchange.begin(200, headers)
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
        else:
            await exchange.answer(404, b'{"detail":"Not Found"}')


async def first_of(work: Awaitable[Any], stop: Awaitable[Any]) -> Literal["done", "stopped"]:
    """Runs both; whichever is left over is cancelled. Errors of `work` pass."""
    tasks = asyncio.ensure_future(work), asyncio.ensure_future(stop)
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[0].done():
            tasks[0].result()
            return "done"
        return "stopped"
    finally:
        for task in tasks:
            if not task.done():
                task.cancel()
