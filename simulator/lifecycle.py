"""Start-up, drain and end, in the real server's order, timing and log lines."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
import time
from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from simulator.http import Keys, Route, Table
from simulator.routes.table import routes
from simulator.server import Application, Server, build

# The share of the start that the real server spends loading weights; the rest captures graphs.
_LOADING_SHARE = 0.7


class Protocol(HttpToolsProtocol):
    """uvicorn's, with the transport at hand for faults that break the connection."""

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


def say(line: str) -> None:
    """One line of the log, at once."""
    sys.stdout.write(f"[{datetime.now():%Y-%m-%d %H:%M:%S}] {line}\n")  # noqa: DTZ005 - as the real log
    sys.stdout.flush()


async def run(arguments: Namespace) -> int:
    """Until a signal; the exit code (0 after SIGTERM, 130 after SIGINT)."""
    server = build(arguments, clock=time.monotonic)
    say(f"server_args=ServerArgs(model_path={arguments.model_path!r}, port={arguments.port})")
    stop = _signals(server)
    loading = asyncio.ensure_future(_load(arguments.sim_startup_seconds, server))
    if await _either(loading, stop) == "stopped":
        return stop.result()
    listeners = _listeners(server)
    serving = [asyncio.ensure_future(listener.serve()) for listener in listeners]
    pacing = asyncio.ensure_future(server.engine.run())
    warming = asyncio.ensure_future(_warm_up(server))
    say(f"Uvicorn running on http://{arguments.host}:{arguments.port} (Press CTRL+C to quit)")
    code = await _until_end(server, stop, serving)
    for listener in listeners:
        listener.should_exit = True
    await asyncio.gather(*serving, return_exceptions=True)
    for task in (pacing, warming):
        task.cancel()
    return code


def _listeners(server: Server) -> list[Listener]:
    arguments = server.arguments
    keys = Keys(arguments.api_key or "", arguments.admin_api_key or "")
    main = _listener(Application(server, Table(routes(server), keys)), arguments.host, arguments.port)
    if arguments.sim_control_port is None:
        return [main]
    fault = Route(("GET", "POST", "DELETE"), "/fault", server.faults.control)
    control = Application(server, Table((fault,), Keys()))
    return [main, _listener(control, "127.0.0.1", arguments.sim_control_port)]


def _listener(application: Application, host: str, port: int) -> Listener:
    config = uvicorn.Config(
        application,
        host=host,
        port=port,
        http=Protocol,
        loop="uvloop",
        lifespan="off",
        log_level="warning",
        access_log=False,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=1,
        backlog=2048,
    )
    return Listener(config)


async def _load(seconds: float, server: Server) -> None:
    """The port stays closed."""
    say("Init torch distributed begin.")
    say("Load weight begin. avail mem=78.00 GB")
    await asyncio.sleep(seconds * _LOADING_SHARE)
    say(
        f"Load weight end. elapsed={seconds * _LOADING_SHARE:.2f} s, type=LlamaForCausalLM, {server.machine.name}"
    )
    say(f"KV Cache is allocated. #tokens: {server.engine.scheduler.pool.capacity}")
    say("Capture cuda graph begin. This can take up to several minutes.")
    await asyncio.sleep(seconds * (1 - _LOADING_SHARE))
    say("Capture cuda graph end.")


async def _warm_up(server: Server) -> None:
    """/health says 503 until it is over."""
    if not server.arguments.skip_server_warmup:
        await asyncio.sleep(server.arguments.sim_warmup_seconds)
    server.status = "up"
    say("The server is fired up and ready to roll!")


def _signals(server: Server) -> asyncio.Future[int]:
    """SIGINT ends at once; SIGTERM drains, but only once the server serves, as the real one."""
    loop = asyncio.get_running_loop()
    stop: asyncio.Future[int] = loop.create_future()

    def end(code: int) -> None:
        if not stop.done():
            stop.set_result(code)

    def drain() -> None:
        say("Received SIGTERM. Draining requests and shutting down...")
        if server.status == "starting":
            end(143)
        elif not server.draining:
            server.draining = True
            loop.create_task(_drain(server, end=lambda: end(0)))  # noqa: RUF006 - ends with the process

    loop.add_signal_handler(signal.SIGTERM, drain)
    loop.add_signal_handler(signal.SIGINT, end, 130)
    return stop


async def _drain(server: Server, *, end: Callable[[], None]) -> None:
    """New requests are still served; looks every few seconds whether none is left."""
    while True:
        await asyncio.sleep(server.arguments.sim_drain_poll)
        if not server.inflight and not server.engine.scheduler.load:
            say("Gracefully exiting... Remaining number of requests 0.")
            end()
            return


async def _either(work: asyncio.Future[None], stop: asyncio.Future[int]) -> str:
    waiting: list[asyncio.Future[None] | asyncio.Future[int]] = [work, stop]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if stop.done():
        work.cancel()
        return "stopped"
    work.result()
    return "done"


async def _until_end(
    server: Server, stop: asyncio.Future[int], serving: Sequence[asyncio.Future[None]]
) -> int:
    """A listener that ends by itself could not bind: exit 1."""
    waiting: list[asyncio.Future[None] | asyncio.Future[int]] = [stop, *serving]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    return stop.result() if stop.done() else 1
