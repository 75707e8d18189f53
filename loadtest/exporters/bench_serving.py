"""The vocabulary of `python -m sglang.benchmark.serving` (0.5.23): one flat object, milliseconds.

Its peculiarities, kept here: a reasoning chunk counts as the first token; latency runs until `[DONE]`; a
request that is not streamed has its latency as TTFT; ITL pools the gaps of all requests; std divides by n.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import accumulate
from typing import Any, Final

from loadtest.derive.sample import Sample
from loadtest.derive.summary import pooled_gaps
from loadtest.derive.timing import LatencyName, output_tokens, ttft_any
from loadtest.exporters.figure import Figure, Subject, latency, per_second, values
from loadtest.record import RequestRecord

STATISTICS: Final[Mapping[str, float]] = {"median": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99}
SLO_NAMES: Final[Mapping[LatencyName, str]] = {"ttft": "ttft", "itl": "tpot", "tpot": "tpot", "e2e": "e2el"}
LATENCIES: Final = {
    "ttft": "first chunk with content or reasoning - request sent; the latency when not streamed",
    "tpot": "(latency - TTFT) / (output tokens - 1), for requests of two tokens or more",
    "itl": "gaps between content chunks, all requests pooled",
    "e2e_latency": "[DONE] - request sent",
}


def figures(about: Subject) -> Iterator[Figure]:
    """Every number of its result object that a client can know."""
    duration = about.ended - about.started
    prompt = sum(record.prompt_tokens or 0 for record in about.good)
    output = sum(map(output_tokens, about.good))
    wall = "last end - first request sent"
    yield Figure("duration", "s", wall, duration)
    yield Figure("completed", "requests", "answered requests", len(about.good))
    yield Figure("total_input_tokens", "tokens", "sum of usage.prompt_tokens", prompt)
    yield Figure("total_output_tokens", "tokens", "sum of usage.completion_tokens", output)
    yield Figure("request_throughput", "req/s", "completed / duration", per_second(len(about.good), duration))
    yield Figure("input_throughput", "tok/s", "total_input_tokens / duration", per_second(prompt, duration))
    yield Figure("output_throughput", "tok/s", "total_output_tokens / duration", per_second(output, duration))
    yield Figure(
        "total_throughput", "tok/s", "(input + output) / duration", per_second(prompt + output, duration)
    )
    for name, sample in _samples(about).items():
        yield from _statistics(name, sample)
    busy = sum(map(latency, about.good))
    yield Figure("concurrency", "requests", "sum of latencies / duration", per_second(busy, duration))
    yield from _peaks(about)
    yield from _goodput(about, duration=duration)
    yield from _cache(about)


def export(about: Subject) -> dict[str, Any]:
    """One object, as it appends to its JSONL, with the formulas beside."""
    found = tuple(figures(about))
    return {
        **{figure.name: figure.value for figure in found},
        "formulas": {figure.name: figure.formula for figure in found},
    }


def ttft(record: RequestRecord) -> float:
    """By its definition."""
    wait = ttft_any(record)
    return latency(record) if wait is None else wait


def tpot(record: RequestRecord) -> float | None:
    """By its definition."""
    tokens = output_tokens(record)
    return (latency(record) - ttft(record)) / (tokens - 1) if tokens > 1 else None


def _samples(about: Subject) -> dict[str, Sample]:
    return {
        "ttft": Sample.of(values(about.good, ttft, factor=1000)),
        "tpot": Sample.of(values(about.good, tpot, factor=1000)),
        "itl": Sample(*_scaled(pooled_gaps(about.good))),
        "e2e_latency": Sample.of(values(about.good, latency, factor=1000)),
    }


def _scaled(sample: Sample) -> tuple[tuple[float, ...], tuple[int, ...]]:
    return tuple(value * 1000 for value in sample.values), sample.cumulative


def _statistics(name: str, sample: Sample) -> Iterator[Figure]:
    if not sample.count:
        return
    formula = LATENCIES[name]
    yield Figure(f"mean_{name}_ms", "ms", f"mean of {formula}", sample.mean())
    yield Figure(f"std_{name}_ms", "ms", f"population standard deviation of {formula}", sample.std())
    for statistic, probability in STATISTICS.items():
        yield Figure(
            f"{statistic}_{name}_ms", "ms", f"{statistic} of {formula}", sample.quantile(probability)
        )
    if name == "itl":
        yield Figure("max_itl_ms", "ms", f"maximum of {formula}", sample.values[-1])


def _peaks(about: Subject) -> Iterator[Figure]:
    arrivals: Counter[int] = Counter()
    steps: Counter[int] = Counter()
    for record in about.good:
        sent = record.sent - about.started
        for moment in accumulate(record.chunks):
            arrivals[int(sent + moment / 1e6)] += 1
        steps[int(sent)] += 1
        steps[int(sent + latency(record)) + 1] -= 1
    open_requests = accumulate(steps[second] for second in range(max(steps, default=0) + 1))
    yield Figure(
        "max_output_tokens_per_s",
        "tok/s",
        "most content chunks in one second",
        max(arrivals.values(), default=0),
    )
    yield Figure(
        "max_concurrent_requests",
        "requests",
        "most requests that touch one second",
        max(open_requests, default=0),
    )


def _goodput(about: Subject, *, duration: float) -> Iterator[Figure]:
    limits = {SLO_NAMES[name]: limit for name, limit in about.limits.items() if name in SLO_NAMES}
    attempted = len(about.good) + len(about.failed)
    if not limits or not attempted:
        return
    observed = [
        {"ttft": ttft(record), "tpot": tpot(record) or 0.0, "e2el": latency(record)} for record in about.good
    ]
    good = sum(all(one[name] <= limit for name, limit in limits.items()) for one in observed)
    yield Figure(
        "request_goodput", "req/s", "requests within every limit / duration", per_second(good, duration)
    )
    yield Figure("slo_attainment", "share", "requests within every limit / requests sent", good / attempted)


def _cache(about: Subject) -> Iterator[Figure]:
    cached = sum(record.cached_tokens or 0 for record in about.good)
    prompt = sum(record.prompt_tokens or 0 for record in about.good)
    if any(record.cached_tokens is not None for record in about.good) and prompt:
        yield Figure("total_cached_tokens", "tokens", "sum of cached tokens", cached)
        yield Figure("cache_hit_rate_pct", "%", "100 x cached tokens / prompt tokens", 100 * cached / prompt)
