"""Figures of the load test: against a schedule that is known, and against its peers on the same target.

`python -m benchmarks.loadtest [--rounds N] [--only PART]`. Runs are interleaved round by round and medians are quoted.
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
from typing import Final, Literal, get_args

import httpx

from benchmarks.exact_target import RATE
from benchmarks.load_generators import OUTPUT_TOKENS, WORK, Reading, Tool, closed, install, ours, read_ours
from benchmarks.load_truth import errors, rate_errors, truths
from benchmarks.result import Figure, report
from loadtest.conclude import load_summary
from loadtest.derive.sample import Sample
from loadtest.derive.timing import LATENCIES
from loadtest.record import load_run

WAVES: Final = 6
MANY: Final = 100
FEW: Final = 32
FULL: Final = 600
Part = Literal["exact", "core", "stall", "peers", "agreement"]
PARTS: Final[tuple[Part, ...]] = get_args(Part)
STALL_SECONDS: Final = 5.0


@dataclass(frozen=True)
class Round:
    """One tool's run and what was true of it."""

    reading: Reading
    true_p50: float
    true_p99: float


def main() -> None:
    """Measure, print the table, write build/bench/loadtest.json, or loadtest-PART.json of one part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=PARTS, help="one part; the first three need no peers")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    with target() as url:
        figures = list(
            itertools.chain.from_iterable(
                _part(part, url=url, rounds=options.rounds) for part in PARTS if options.only in {None, part}
            )
        )
    report("loadtest" if options.only is None else f"loadtest-{options.only}", figures)


def _part(part: Part, *, url: str, rounds: int) -> Iterator[Figure]:
    if part == "exact":
        return exactness(url)
    if part == "core":
        return full_core(url, rounds=rounds)
    if part == "stall":
        return stall(url)
    tools: tuple[Tool, ...] = ("aiperf", "guidellm")
    peers = {tool: program for tool in tools if (program := install(tool))}
    if not peers:
        return iter(())
    programs: Mapping[Tool, Path] = {"loadtest": Path(), **peers}
    compare = beside_peers if part == "peers" else agreement
    return compare(url, programs=programs, rounds=rounds)


def exactness(url: str) -> Iterator[Figure]:
    """Every request against its own truth, by every latency of the report; the rates against all of them."""
    folder, _ = ours(url, arrivals=f"{{kind: closed, users: {MANY}}}", duration=2.9 * WAVES, streams=MANY)
    _, records = load_run(folder)
    true = truths(url, tokens=OUTPUT_TOKENS)
    workload = f"{MANY} streams x {RATE:g} tok/s, {len(records)} requests"
    for name, sample in errors(records, true=true).items():
        yield Figure(f"{name}: error, median", workload, sample.quantile(0.5) * 1000, "ms", target=1.0)
        yield Figure(f"{name}: error, p99", workload, sample.quantile(0.99) * 1000, "ms", target=5.0)
    for name, off in rate_errors(load_summary(folder), records, true=true):
        yield Figure(f"{name}: error", workload, off, "%", target=0.5)


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


def full_core(url: str, *, rounds: int) -> Iterator[Figure]:
    """One worker with 600 streams, arrivals that do not wait; medians over the rounds."""
    seconds = OUTPUT_TOKENS / RATE
    duration = 15.0
    late, off, cores, bare = [], [], [], []
    for _ in range(rounds):
        bare.append(bare_lateness() * 1000)
        arrivals = f"{{kind: poisson, rate: {FULL / seconds}}}"
        folder, cpu = ours(url, arrivals=arrivals, duration=duration, streams=FULL)
        run, records = load_run(folder)
        waits = errors(records, true=truths(url, tokens=OUTPUT_TOKENS))[LATENCIES["ttft"].label]
        late.append(run.generator.lateness_p99 * 1000)
        off.append(waits.quantile(0.99) * 1000)
        cores.append(cpu / (duration + seconds))
        print(
            f"lateness p99 {late[-1]:.2f} ms, TTFT error p99 {off[-1]:.2f} ms, {cores[-1]:.2f} cores",
            flush=True,
        )
    workload = f"{FULL} streams x {RATE:g} tok/s, one worker, Poisson arrivals"
    yield Figure("lateness p99", workload, statistics.median(late), "ms", target=5.0)
    yield Figure(
        "a timer without any load, late at p99", "just before each round", statistics.median(bare), "ms"
    )
    yield Figure("TTFT: error, p99", workload, statistics.median(off), "ms", target=10.0)
    yield Figure(
        "cores, start-up and report included", workload, statistics.median(cores), "cores", target=1.0
    )


def bare_lateness(*, seconds: float = 5.0, step: float = 0.005) -> float:
    """How late this machine wakes a process that does nothing else, p99 in seconds: what no load generator is below."""
    found = []
    due = time.perf_counter()
    end = due + seconds
    while (due := due + step) < end:
        time.sleep(max(0.0, due - time.perf_counter()))
        found.append(time.perf_counter() - due)
    return Sample.of(found).quantile(0.99)


def stall(url: str) -> Iterator[Figure]:
    """The server stops for five seconds, once, in the middle of an open loop."""
    timer = threading.Timer(10.0, lambda: httpx.get(f"{url}/stall/{STALL_SECONDS}"))
    timer.start()
    folder, cpu = ours(url, arrivals="{kind: constant, rate: 20}", duration=20.0, streams=60)
    timer.cancel()
    truths(url, tokens=OUTPUT_TOKENS)
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
        truths(url, tokens=OUTPUT_TOKENS)
        reading = closed(tool, program, url=url, streams=streams, waves=waves)
        waits = Sample.of(each.ttft for each in truths(url, tokens=OUTPUT_TOKENS).values())
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
