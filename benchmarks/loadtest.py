"""Figures of the load test: against a schedule that is known, and against its peers on the same target.

`python -m benchmarks.loadtest [--rounds N] [--alone]`. Runs are interleaved round by round and medians are quoted.
"""

from __future__ import annotations

import argparse
import itertools
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import httpx

from benchmarks.exact_target import RATE
from benchmarks.load_generators import OUTPUT_TOKENS, WORK, Reading, Tool, closed, install, ours, read_ours
from benchmarks.result import Figure, report
from loadtest.derive.sample import Sample
from loadtest.record import RequestRecord, load_run

WAVES: Final = 6
MANY: Final = 100
FEW: Final = 32
FULL: Final = 600
STALL_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Truth:
    """What the target did for one request, in `perf_counter` seconds."""

    received: float
    written: tuple[float, ...]

    @property
    def ttft(self) -> float:
        """Seconds from the whole request to the first chunk."""
        return self.written[0] - self.received


@dataclass(frozen=True)
class Round:
    """One tool's run and what was true of it."""

    reading: Reading
    true_p50: float
    true_p99: float


def main() -> None:
    """Measure, print the table, write build/bench/loadtest.json."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--alone", action="store_true", help="no peers: what is held against the truth only")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    wanted: tuple[Tool, ...] = () if options.alone else ("aiperf", "guidellm")
    peers = {tool: program for tool in wanted if (program := install(tool))}
    programs: Mapping[Tool, Path] = {"loadtest": Path(), **peers}
    with target() as url:
        figures = [*exactness(url), *full_core(url), *stall(url)]
        if peers:
            figures += beside_peers(url, programs=programs, rounds=options.rounds)
            figures += agreement(url, programs=programs, rounds=options.rounds)
    report("loadtest", figures)


def exactness(url: str) -> Iterator[Figure]:
    """Every request against its own truth."""
    folder, _ = ours(url, arrivals=f"{{kind: closed, users: {MANY}}}", duration=2.9 * WAVES, streams=MANY)
    _, records = load_run(folder)
    true = truths(url)
    waits, gaps = errors(records, true=true)
    workload = f"{MANY} streams x {RATE:g} tok/s, {len(records)} requests"
    for name, sample in (("TTFT", waits), ("gap between chunks", gaps)):
        yield Figure(f"{name}: error, median", workload, sample.quantile(0.5) * 1000, "ms", target=1.0)
        yield Figure(f"{name}: error, p99", workload, sample.quantile(0.99) * 1000, "ms", target=5.0)


def beside_peers(url: str, *, programs: Mapping[Tool, Path], rounds: int) -> Iterator[Figure]:
    """Distance from the truth, and processor time, of all tools."""
    runs = interleaved(url, programs=programs, rounds=rounds, streams=MANY, waves=WAVES)
    workload = f"{MANY} streams x {RATE:g} tok/s, {MANY * WAVES} requests"
    distances: Mapping[str, Callable[[Round], float]] = {
        "p50": lambda run: abs(run.reading.ttft_p50 - run.true_p50),
        "p99": lambda run: abs(run.reading.ttft_p99 - run.true_p99),
    }
    for (name, of), limit in zip(distances.items(), (1.0, 10.0), strict=True):
        base = Figure(f"TTFT {name}: distance from the truth", workload, 0.0, "ms", target=limit)
        yield replace(base, ours=middle(runs["loadtest"], of))
        for tool in programs.keys() - {"loadtest"}:
            yield against(of, runs, base=replace(base, target=1.0), tool=tool)
    cpu = Figure("processor time", workload, 0.0, "s", target=0.2)
    for tool in programs.keys() - {"loadtest"}:
        yield against(lambda run: run.reading.cpu, runs, base=cpu, tool=tool)


def agreement(url: str, *, programs: Mapping[Tool, Path], rounds: int) -> Iterator[Figure]:
    """Numbers that all tools define alike, where nothing is scarce."""
    runs = interleaved(url, programs=programs, rounds=rounds, streams=FEW, waves=WAVES)
    workload = f"{FEW} streams x {RATE:g} tok/s, {FEW * WAVES} requests"
    quantities: Mapping[str, Callable[[Round], float]] = {
        "ITL": lambda run: run.reading.itl,
        "E2E": lambda run: run.reading.e2e,
        "output throughput": lambda run: run.reading.output_rate,
    }
    for tool, (name, of) in itertools.product(programs.keys() - {"loadtest"}, quantities.items()):
        here, there = middle(runs["loadtest"], of), middle(runs[tool], of)
        yield Figure(f"{name}: difference to {tool}", workload, abs(here / there - 1) * 100, "%", target=3.0)


def full_core(url: str) -> Iterator[Figure]:
    """One worker with 600 streams, arrivals that do not wait."""
    seconds = OUTPUT_TOKENS / RATE
    duration = 15.0
    rate = FULL / seconds
    folder, cpu = ours(url, arrivals=f"{{kind: poisson, rate: {rate}}}", duration=duration, streams=FULL)
    run, records = load_run(folder)
    waits, _ = errors(records, true=truths(url))
    workload = f"{FULL} streams x {RATE:g} tok/s, one worker, Poisson arrivals"
    yield Figure("lateness p99", workload, run.generator.lateness_p99 * 1000, "ms", target=5.0)
    yield Figure("TTFT: error, p99", workload, waits.quantile(0.99) * 1000, "ms", target=10.0)
    yield Figure(
        "cores, start-up and report included", workload, cpu / (duration + seconds), "cores", target=1.0
    )


def stall(url: str) -> Iterator[Figure]:
    """The server stops for five seconds, once, in the middle of an open loop."""
    timer = threading.Timer(10.0, lambda: httpx.get(f"{url}/stall/{STALL_SECONDS}"))
    timer.start()
    folder, cpu = ours(url, arrivals="{kind: constant, rate: 20}", duration=20.0, streams=60)
    timer.cancel()
    truths(url)
    reading = read_ours(folder, cpu)
    workload = f"open loop, 20 requests/s for 20 s, one stall of {STALL_SECONDS:g} s"
    yield Figure(
        "TTFT p99 that the stall shows in",
        workload,
        reading.ttft_p99 / 1000,
        "s",
        target=4.5,
        better="larger",
    )


def interleaved(
    url: str, *, programs: Mapping[Tool, Path], rounds: int, streams: int, waves: int
) -> Mapping[Tool, Sequence[Round]]:
    """Every tool once in each round."""
    runs: dict[Tool, list[Round]] = {tool: [] for tool in programs}
    for number, (tool, program) in itertools.product(range(rounds), programs.items()):
        truths(url)
        reading = closed(tool, program, url=url, streams=streams, waves=waves)
        waits = Sample.of(each.ttft for each in truths(url).values())
        runs[tool].append(Round(reading, waits.quantile(0.5) * 1000, waits.quantile(0.99) * 1000))
        print(
            f"round {number + 1}: {tool}: {reading}, true TTFT p50 {runs[tool][-1].true_p50:.2f} ms",
            flush=True,
        )
    return runs


def against(
    of: Callable[[Round], float], runs: Mapping[Tool, Sequence[Round]], *, base: Figure, tool: Tool
) -> Figure:
    """`base` with ours beside a peer's, medians over the rounds."""
    return replace(base, ours=middle(runs["loadtest"], of), peer=middle(runs[tool], of), peer_name=tool)


def middle(runs: Sequence[Round], of: Callable[[Round], float]) -> float:
    """The median over rounds."""
    return statistics.median(map(of, runs))


def errors(records: Sequence[RequestRecord], *, true: Mapping[str, Truth]) -> tuple[Sample, Sample]:
    """Absolute errors in seconds: of each request's TTFT, and of each gap between chunks."""
    waits, gaps = [], []
    for record in records:
        known = true[record.id]
        waits.append(abs(record.chunks[0] / 1e6 - known.ttft))
        pairs = itertools.pairwise(known.written)
        gaps += [
            abs(gap / 1e6 - (late - early))
            for gap, (early, late) in zip(record.chunks[1:], pairs, strict=True)
        ]
    return Sample.of(waits), Sample.of(gaps)


def truths(url: str) -> Mapping[str, Truth]:
    """Whole answers of the target since the last time, by request id (or by number, where a tool sends none)."""
    requests = httpx.get(f"{url}/truth", timeout=60).json()["requests"]
    whole = [
        (name, received, written) for name, received, written in requests if len(written) == OUTPUT_TOKENS
    ]
    return {
        name or str(number): Truth(received, tuple(written))
        for number, (name, received, written) in enumerate(whole)
    }


@contextmanager
def target() -> Iterator[str]:
    """The exact target on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.exact_target", str(port)])
    try:
        _wait_for(port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 20
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


if __name__ == "__main__":
    main()
