"""What parking saves, and what it costs: `make bench-parking`.

A load with quiet hours in two minutes, once on three replicas that always run and once under `sglbox autopark`: seconds in
which replicas ran, requests that failed, and how long clients waited for the first token. Simulated engines in the host
runtime; a replica takes five seconds to load its model.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from ruamel.yaml import YAML

from benchmarks.result import Figure, report
from generator.runtime.supervisord import Supervisord
from tests.ports import free_ports

REPLICAS = 3
TRACE = ((40, 1), (25, 12), (40, 1), (25, 12))
"""Seconds, and how many clients ask one thing after another meanwhile: one is quiet."""
SECONDS = sum(seconds for seconds, _ in TRACE)
QUIET = sum(seconds for seconds, clients in TRACE if clients == 1)
TOKENS = 60
LOOK = 0.25


@dataclass
class Day:
    """What was seen in one run of the trace."""

    replica_seconds: float = 0.0
    failed: int = 0
    first_tokens: list[float] = field(default_factory=list)
    """Seconds, of the requests that did not fail."""

    @property
    def slowest(self) -> float:
        """p99 of the time to the first token, in seconds."""
        return statistics.quantiles(self.first_tokens, n=100)[98]


def spec(ports: list[int]) -> dict[str, object]:
    """The busy hours need three replicas, the quiet ones a fraction of one."""
    return {
        "name": "bench-parking",
        "runtime": "host",
        "engine": "simulator",
        "replicas": REPLICAS,
        "port": ports[0],
        "replica_port": ports[3],
        "extra_args": "--max-running-requests 4",
        "parking": {"idle_after": 10, "requests_per_replica": 2},
        "simulator": {"startup_seconds": 5},
        "monitoring": {"prometheus_port": ports[1], "edge_metrics_port": ports[2]},
    }


@contextmanager
def deployed(folder: Path, *, port: int, others: list[int]) -> Iterator[list[str]]:
    """The options of verbs that operate it."""
    file = folder / "deployment.yaml"
    YAML().dump(spec([port, *others]), file)
    place = ["--spec", str(file), "--build", str(folder / "build")]
    try:
        _verb("up", place)
        yield place
    finally:
        _verb("down", place)


@contextmanager
def autopark(place: list[str]) -> Iterator[None]:
    """Parks and wakes for the length of the block."""
    command = [sys.executable, "-m", "generator", "autopark", *place]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


def _verb(verb: str, place: list[str]) -> None:
    subprocess.run([sys.executable, "-m", "generator", verb, *place], check=True, capture_output=True)


async def live(url: str, directory: Path) -> Day:
    """The trace from its beginning to its end."""
    day = Day()
    counting = asyncio.create_task(_count(day, directory))
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(timeout=60, trust_env=False, limits=limits) as client:
        for seconds, clients in TRACE:
            end = time.monotonic() + seconds
            await asyncio.gather(*(_client(client, url, day, end, number) for number in range(clients)))
    counting.cancel()
    return day


async def _client(client: httpx.AsyncClient, url: str, day: Day, end: float, number: int) -> None:
    while (begun := time.monotonic()) < end:
        messages = [{"role": "user", "content": f"{number}, {begun}: what is that?"}]
        body = {"messages": messages, "max_tokens": TOKENS, "stream": True}
        async with client.stream("POST", f"{url}/v1/chat/completions", json=body) as reply:
            chunks = reply.aiter_lines()
            first = await anext(chunks, "")
            took = time.monotonic() - begun
            rest = [line async for line in chunks if line]
        if reply.status_code == 200 and first and rest[-1] == "data: [DONE]":
            day.first_tokens.append(took)
        else:
            day.failed += 1


async def _count(day: Day, directory: Path) -> None:
    """Replicas whose process runs, loading ones included: their GPU is taken."""
    last = time.monotonic()
    while True:
        await asyncio.sleep(LOOK)
        running = await asyncio.to_thread(_running, directory)
        now = time.monotonic()
        day.replica_seconds += running * (now - last)
        last = now


def _running(directory: Path) -> int:
    with Supervisord(directory).calls() as rpc:
        programs = rpc.getAllProcessInfo()
    return sum(each["name"].startswith("replica-") and each["pid"] > 0 for each in programs)


def run(*, parks: bool) -> Day:
    """One deployment, the trace, and its end."""
    port, *others = free_ports(6)
    with tempfile.TemporaryDirectory() as folder, deployed(Path(folder), port=port, others=others) as place:
        directory = Path(folder) / "build" / "bench-parking"
        url = f"http://127.0.0.1:{port}"
        if not parks:
            return asyncio.run(live(url, directory))
        with autopark(place):
            return asyncio.run(live(url, directory))


def figures(always: Day, parked: Day) -> list[Figure]:
    """Both runs side by side."""
    asked = len(always.first_tokens) + len(parked.first_tokens)
    return [
        Figure(
            "seconds in which replicas ran",
            f"{SECONDS} s, of them {QUIET} quiet",
            parked.replica_seconds,
            "s",
            0.8,
            always.replica_seconds,
            "always on",
        ),
        Figure("failed requests", f"of {asked} in both", always.failed + parked.failed, "", 0),
        Figure(
            "time to first token, p99",
            "waking included",
            parked.slowest,
            "s",
            peer=always.slowest,
            peer_name="always on",
        ),
    ]


def main() -> None:
    """Prints the table and writes build/bench/parking.json."""
    always, parked = run(parks=False), run(parks=True)
    report("parking", figures(always, parked))


if __name__ == "__main__":
    main()
