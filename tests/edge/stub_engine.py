"""Engines that do exactly what a test says, down to the byte and the reset, and that remember every arrival.

What an engine does with a request stands in the request's own `X-Stub` header, so a test needs no second channel:
tests/edge/stub_behaviours.py has what can be asked for.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal, TypeVar

from tests.edge.stub_behaviours import BEHAVIOURS, Arrival, read_request, reset, response

State = Literal["well", "hung"]
"""A hung engine accepts and says nothing, its health routes included."""

PROBES = ("/ready", "/health", "/health_generate")

Result = TypeVar("Result")


@dataclass
class StubEngine:
    """`slots`: so many requests run at once, the others wait, as in an engine's queue."""

    port: int
    slots: int = 1000
    state: State = "well"
    usual: str = "answer:0"
    """What it does with a request that does not say."""
    arrivals: list[Arrival] = field(default_factory=list)
    connections: int = 0
    probes: int = 0
    open: int = 0
    most_open: int = 0
    """Requests it has at once, waiting ones included."""
    log: list[str] = field(default_factory=list)
    """Lines as uvicorn's access log has them."""

    async def start(self) -> None:
        """Listen; again after `kill`, at the same port."""
        self._free = asyncio.Semaphore(self.slots)
        self._writers: set[asyncio.StreamWriter] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, backlog=1024)

    async def kill(self) -> None:
        """As SIGKILL does: nobody listens any more, and every connection is reset."""
        self._server.close()
        for writer in tuple(self._writers):
            reset(writer)
        self._writers.clear()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """One request and its answer; whether another may follow on this connection."""
        arrival = await read_request(reader, peer=writer.get_extra_info("peername")[1])
        if self.state == "hung":
            await reader.read()
            return False
        if arrival.path.partition("?")[0] in PROBES and "x-stub" not in arrival.headers:
            self.probes += 1
            writer.write(response(200, b"{}"))
            return arrival.version == "HTTP/1.1"
        self.arrivals.append(arrival)
        self.log.append(
            f'INFO:     127.0.0.1:{arrival.peer} - "{arrival.method} {arrival.path} {arrival.version}" 200 OK'
        )
        return await self._answer(arrival, reader, writer)

    async def _answer(
        self, arrival: Arrival, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """The behaviour, watched: a client that leaves is noted at once, and ends it."""
        kind, *values = arrival.headers.get("x-stub", self.usual).split(":")
        leaving = asyncio.create_task(reader.read(1))
        acting = asyncio.create_task(self._act(kind, values, arrival, writer))
        await asyncio.wait({leaving, acting}, return_when=asyncio.FIRST_COMPLETED)
        if not acting.done():
            acting.cancel()
            arrival.left_at = monotonic()
            return False
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        return acting.result() and arrival.version == "HTTP/1.1"

    async def _act(
        self, kind: str, values: list[str], arrival: Arrival, writer: asyncio.StreamWriter
    ) -> bool:
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            async with self._free:
                return await BEHAVIOURS[kind](values, arrival, writer)
        finally:
            self.open -= 1


async def _end_all() -> None:
    """Every task but this one, and the closing of their connections."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
    await asyncio.sleep(0)


class EngineRoom:
    """Stub engines on consecutive ports, all in one thread with an event loop of its own."""

    def __init__(self, engines: tuple[StubEngine, ...]) -> None:
        self.engines = engines

    def run(self, work: Coroutine[Any, Any, Result]) -> Result:
        """Run `work` in the engines' thread and wait for it."""
        future: Future[Result] = asyncio.run_coroutine_threadsafe(work, self._loop)
        return future.result(timeout=30)

    @property
    def arrivals(self) -> list[Arrival]:
        """Of all engines, in order."""
        return sorted((a for engine in self.engines for a in engine.arrivals), key=lambda a: a.at)

    def open(self) -> None:
        """Start all."""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        for engine in self.engines:
            self.run(engine.start())

    def close(self) -> None:
        """Kill all, and end the thread."""
        for engine in self.engines:
            self.run(engine.kill())
        self.run(_end_all())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@contextmanager
def engine_room(first_port: int, *, count: int, slots: int = 1000) -> Iterator[EngineRoom]:
    """`count` engines on consecutive ports."""
    room = EngineRoom(tuple(StubEngine(first_port + number, slots) for number in range(count)))
    room.open()
    try:
        yield room
    finally:
        room.close()
