"""The load test alone, against what the exact target really did."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from typing import Final

import httpx

from benchmarks.loadtest.exact_target import RATE
from benchmarks.loadtest.ours import OUTPUT_TOKENS, ours, read_ours
from benchmarks.loadtest.truth import errors, rate_errors, truths
from benchmarks.result import Figure
from loadtest.conclude import load_summary
from loadtest.derive.sample import Sample
from loadtest.derive.timing import LATENCIES
from loadtest.numbers import MIB
from loadtest.record import load_run

MANY: Final = 100
WAVES: Final = 6
FULL: Final = 600
STALL_SECONDS: Final = 5.0
LEAK_MIB: Final = 1.0
"""A second."""
LEAK_RUN_SECONDS: Final = 90.0
"""Its second half has nine looks at the memory, and a trend needs eight."""


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


def leak(url: str) -> Iterator[Figure]:
    """The slope of the server's memory: while it leaks so much a second, and while it does not."""
    workload = f"closed loop of 4 users for {LEAK_RUN_SECONDS:g} s"
    sound = _memory_slope(url)
    httpx.get(f"{url}/leak/{LEAK_MIB}")
    leaking = _memory_slope(url)
    httpx.get(f"{url}/leak/0")
    yield Figure(
        f"leak of {LEAK_MIB:g} MiB/s: error of the slope",
        workload,
        abs(leaking / LEAK_MIB - 1) * 100,
        "%",
        target=5.0,
    )
    yield Figure("no leak: slope", workload, abs(sound), "MiB/s", target=0.02)


def _memory_slope(url: str) -> float:
    folder, _ = ours(url, arrivals="{kind: closed, users: 4}", duration=LEAK_RUN_SECONDS, streams=4)
    truths(url, tokens=OUTPUT_TOKENS)
    found = load_summary(folder).memory["server"].trend
    assert found
    return found.slope / MIB
