"""Figures of the simulator: `make bench-simulator`.

500 streams at 50 tokens a second through one server process that is pinned to one core. A client process reads them
with one selector and notes the instant of every event; the error of an inter-token gap is its distance from the
20 ms that the engine's schedule says. CPU is the operating system's account of the server process.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import selectors
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from benchmarks.result import Figure, report

STREAMS, TOKENS = 500, 500
STEP_SECONDS = 0.020
SETTLE_TOKENS = 25  # all streams have been admitted by then
RUNS = 3


@dataclass
class Stream:
    """One connection: what is unread of its stream, and when each of its events came."""

    connection: socket.socket
    instants: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Run:
    """One run: errors of all gaps in milliseconds, the server's CPU share, and events a second."""

    errors: list[float]
    cpu: float
    rate: float


def free_port() -> int:
    """A port that nothing listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def serving(*, core: int) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server whose decode step is exactly 20 ms, on one core."""
    port = free_port()
    flags = (
        *(
            "--port",
            str(port),
            "--log-level",
            "warning",
            "--sim-startup-seconds",
            "0",
            "--sim-warmup-seconds",
            "0",
        ),
        *(
            "--sim-decode-seconds",
            str(STEP_SECONDS),
            "--sim-prefill-rate",
            "10000000",
            "--sim-drain-poll",
            "0.1",
        ),
    )
    process = subprocess.Popen(
        (sys.executable, "-m", "simulator", "serve", "bench", *flags), stdout=subprocess.DEVNULL
    )
    os.sched_setaffinity(process.pid, {core})
    try:
        _wait_for(port)
        yield process, port
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.02)
    raise RuntimeError(f"no server on port {port} after 20 s")


def open_streams(port: int) -> list[Stream]:
    """All requests sent; nothing read."""
    turns = [{"role": "user", "content": "hello world"}]
    body = json.dumps({"messages": turns, "max_tokens": TOKENS, "ignore_eos": True, "stream": True}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    streams = []
    for _ in range(STREAMS):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(head.encode() + body)
        connection.setblocking(False)
        streams.append(Stream(connection))
    return streams


def read_all(streams: list[Stream]) -> None:
    """Until every stream has its end mark. Raises RuntimeError for one that ends early."""
    selector = selectors.EpollSelector()
    for opened in streams:
        selector.register(opened.connection, selectors.EVENT_READ, opened)
    left = len(streams)
    while left:
        for key, _ in selector.select():
            stream: Stream = key.data
            data = stream.connection.recv(65536)
            now = time.perf_counter()
            if not data:
                raise RuntimeError(f"a stream ended after {len(stream.instants)} events")
            stream.instants += [now] * data.count(b'"content":" ')
            if b"data: [DONE]" in data:
                selector.unregister(stream.connection)
                stream.connection.close()
                left -= 1


def measure(*, core: int) -> Run:
    """One run of all streams."""
    with serving(core=core) as (process, port):
        streams = open_streams(port)
        before, begun = cpu_seconds(process.pid), time.monotonic()
        read_all(streams)
        wall = time.monotonic() - begun
        used = cpu_seconds(process.pid) - before
    errors: list[float] = []
    for stream in streams:
        assert len(stream.instants) == TOKENS, f"{len(stream.instants)} of {TOKENS} tokens"
        settled = stream.instants[SETTLE_TOKENS:]
        gaps = (later - earlier for earlier, later in pairwise(settled))
        errors += [abs(gap - STEP_SECONDS) * 1000 for gap in gaps]
    return Run(errors, cpu=used / wall, rate=STREAMS * TOKENS / wall)


def cpu_seconds(pid: int) -> float:
    """User and system time of a process."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:  # noqa: PTH123 - one line of a kernel file
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print and write the figures; medians over the runs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--core", type=int, default=max(os.sched_getaffinity(0)), help="the server's core")
    core = parser.parse_args().core
    others = os.sched_getaffinity(0) - {core}
    os.sched_setaffinity(0, others or {core})  # the client measures; it must not queue behind the server
    runs = [measure(core=core) for _ in range(RUNS)]
    workload = f"{STREAMS} streams x {1 / STEP_SECONDS:.0f} tok/s, one core"
    quantiles = [statistics.quantiles(run.errors, n=1000) for run in runs]
    report(
        "simulator",
        [
            Figure("ITL error p50", workload, statistics.median(q[499] for q in quantiles), "ms"),
            Figure("ITL error p99", workload, statistics.median(q[989] for q in quantiles), "ms", target=5.0),
            Figure("ITL error p99.9", workload, statistics.median(q[998] for q in quantiles), "ms"),
            Figure("CPU of the server", workload, statistics.median(run.cpu for run in runs), "cores"),
            Figure("throughput", workload, statistics.median(run.rate for run in runs), "tok/s"),
        ],
    )


if __name__ == "__main__":
    main()
