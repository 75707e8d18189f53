"""uvicorn, as the real server runs it, without its signal handlers and with the transport at hand."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections.abc import Iterator

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from simulator.server import Application


class Protocol(HttpToolsProtocol):
    """uvicorn's, with the transport in each request's scope: streams and faults write and break it directly."""

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self.scope["sim.transport"] = self.transport  # type: ignore[typeddict-unknown-key]


class Listener(uvicorn.Server):
    """uvicorn without signal handlers: the engine has its own idea of SIGTERM."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """None of uvicorn's."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Bind; whoever waits in `open` learns how it went."""
        try:
            await super().startup(sockets=sockets)
            self._bound.set_result(True)
        except SystemExit:  # uvicorn's way to say that it could not
            self.should_exit = True
            self._bound.set_result(False)

    async def open(self) -> asyncio.Task[None]:
        """Accept connections; the task ends with the listener. Raises OSError when the port is taken."""
        self._bound: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        task = asyncio.create_task(self.serve())
        if not await self._bound:
            await task
            raise OSError(f"port {self.config.port} of {self.config.host} is taken")
        return task

    def close(self, *, patience: int | None) -> None:
        """Accept no more; connections with work in progress get `patience` seconds, or all they need."""
        self.config.timeout_graceful_shutdown = patience
        self.should_exit = True


def listener(application: Application, *, host: str, port: int) -> Listener:
    """Not yet listening."""
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        http=Protocol,
        loop="uvloop",
        lifespan="off",
        log_level="warning",
        access_log=False,
        timeout_keep_alive=int(os.environ.get("SGLANG_TIMEOUT_KEEP_ALIVE", "5")),
        backlog=2048,
    )
    return Listener(config)
