"""The load test beside its peers, in turns, on the same target."""

from __future__ import annotations

import itertools
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from benchmarks.loadtest.exact_target import RATE
from benchmarks.loadtest.ours import OUTPUT_TOKENS, Reading
from benchmarks.loadtest.peers import VERSIONS, Tool, closed, install
from benchmarks.loadtest.truth import truths
from benchmarks.result import Figure
from loadtest.derive.sample import Sample

WAVES: Final = 6
MANY: Final = 100
FEW: Final = 32


@dataclass(frozen=True)
class Round:
    """One tool's run and what was true of it."""

    reading: Reading
    true_p50: float
    true_p99: float


def truth(url: str, *, rounds: int) -> Iterator[Figure]:
    """Distance from the truth, and processor time, of all tools."""
    programs = _programs()
    runs = interleaved(url, programs=programs, rounds=rounds, streams=MANY, waves=WAVES)
    workload = f"{MANY} streams x {RATE:g} tok/s, {MANY * WAVES} requests"
    distances: Mapping[str, Callable[[Round], float]] = {
        "p50": lambda run: abs(run.reading.ttft_p50 - run.true_p50),
        "p99": lambda run: abs(run.reading.ttft_p99 - run.true_p99),
    }
    for (name, of), limit in zip(distances.items(), (1.0, 10.0), strict=True):
        base = Figure(f"TTFT {name}: distance from the truth", workload, 0.0, "ms", target=limit)
        yield replace(base, ours=middle(runs["loadtest"], of))
        for tool in _peers(programs):
            yield against(of, runs, base=replace(base, target=1.0), tool=tool)
    cpu = Figure("processor time", workload, 0.0, "s", target=0.2)
    for tool in _peers(programs):
        yield against(lambda run: run.reading.cpu, runs, base=cpu, tool=tool)


def agreement(url: str, *, rounds: int) -> Iterator[Figure]:
    """Numbers that all tools define alike, where nothing is scarce."""
    programs = _programs()
    runs = interleaved(url, programs=programs, rounds=rounds, streams=FEW, waves=WAVES)
    workload = f"{FEW} streams x {RATE:g} tok/s, {FEW * WAVES} requests"
    quantities: Mapping[str, Callable[[Round], float]] = {
        "ITL": lambda run: run.reading.itl,
        "E2E": lambda run: run.reading.e2e,
        "output throughput": lambda run: run.reading.output_rate,
    }
    for tool, (name, of) in itertools.product(_peers(programs), quantities.items()):
        here, there = middle(runs["loadtest"], of), middle(runs[tool], of)
        yield Figure(f"{name}: difference to {tool}", workload, abs(here / there - 1) * 100, "%", target=3.0)


def _programs() -> Mapping[Tool, Path]:
    """Ours and the peers that can be installed."""
    peers = {tool: program for tool in VERSIONS if (program := install(tool))}
    return {"loadtest": Path(), **peers}


def _peers(programs: Mapping[Tool, Path]) -> list[Tool]:
    return [tool for tool in programs if tool != "loadtest"]


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
