"""The vocabulary of guidellm (0.8), as in `benchmarks[].metrics` of its JSON: distributions of successes.

Its peculiarities, kept here: a percentile is the smallest value that has that share at or below it, without
interpolation; ITL and TPOT are request means weighted by the tokens they stand for; TPOT includes the first
token's wait; latency, in seconds, runs to the end of the body; rates are means over the whole run.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from loadtest.derive.sample import Sample
from loadtest.derive.timing import decode_start, e2e, output_tokens, ttft, ttft_any
from loadtest.exporters.figure import Figure, Subject, latency, per_second
from loadtest.record import RequestRecord

PERCENTILES: Final[Mapping[str, float]] = {
    "p001": 0.001,
    "p01": 0.01,
    "p05": 0.05,
    "p10": 0.1,
    "p25": 0.25,
    "p50": 0.5,
    "p75": 0.75,
    "p90": 0.9,
    "p95": 0.95,
    "p99": 0.99,
    "p999": 0.999,
}
Of = Callable[[RequestRecord], float | None]
Weight = Callable[[RequestRecord], int]


def inter_token_latency(record: RequestRecord) -> float | None:
    """1000 x (last token - first token) / (output tokens - 1)."""
    first, tokens = decode_start(record), output_tokens(record)
    if first is None or record.last is None or tokens < 2:
        return None
    return 1000 * (record.last - first) / (tokens - 1)


def time_per_output_token(record: RequestRecord) -> float | None:
    """1000 x (last token - request sent) / output tokens."""
    latency_to_last, tokens = e2e(record), output_tokens(record)
    return None if latency_to_last is None or not tokens else 1000 * latency_to_last / tokens


def _once(_: RequestRecord) -> int:
    return 1


def _after_first(record: RequestRecord) -> int:
    return output_tokens(record) - 1


def _in_ms(of: Of) -> Of:
    def scaled(record: RequestRecord) -> float | None:
        value = of(record)
        return None if value is None else value * 1000

    return scaled


METRICS: Final[tuple[tuple[str, str, str, Of, Weight], ...]] = (
    ("request_latency", "s", "end of body - request sent", latency, _once),
    ("time_to_first_token_ms", "ms", "first chunk, reasoning included - sent", _in_ms(ttft_any), _once),
    ("time_to_first_output_token_ms", "ms", "first content chunk - sent", _in_ms(ttft), _once),
    (
        "time_per_output_token_ms",
        "ms",
        "(last chunk - sent) / output tokens, weighted by output tokens",
        time_per_output_token,
        output_tokens,
    ),
    (
        "inter_token_latency_ms",
        "ms",
        "(last - first chunk) / (output tokens - 1), weighted by output tokens - 1",
        inter_token_latency,
        _after_first,
    ),
    ("prompt_token_count", "tokens", "usage.prompt_tokens", lambda record: record.prompt_tokens, _once),
    ("output_token_count", "tokens", "usage.completion_tokens", output_tokens, _once),
)


def figures(about: Subject) -> Iterator[Figure]:
    """Distributions, then the means of its rate distributions."""
    for name, unit, formula, of, weight in METRICS:
        sample = _weighted(about, of=of, weight=weight)
        if sample.count:
            yield Figure(name, unit, formula, summary(sample))
    duration = about.ended - about.started
    prompt = sum(record.prompt_tokens or 0 for record in about.good)
    output = sum(map(output_tokens, about.good))
    amounts = {
        "requests_per_second": (len(about.good), "requests / duration"),
        "request_concurrency": (sum(map(latency, about.good)), "sum of latencies / duration"),
        "prompt_tokens_per_second": (prompt, "prompt tokens / duration"),
        "output_tokens_per_second": (output, "output tokens / duration"),
        "tokens_per_second": (prompt + output, "(prompt + output tokens) / duration"),
    }
    for name, (amount, formula) in amounts.items():
        yield Figure(name, "per second", formula, {"mean": per_second(amount, duration)})


def export(about: Subject) -> dict[str, Any]:
    """`benchmarks` with one benchmark, with the formulas beside."""
    found = tuple(figures(about))
    totals = {"successful": len(about.good), "errored": len(about.failed), "incomplete": 0}
    metrics = {figure.name: {"successful": figure.value} for figure in found}
    return {
        "benchmarks": [{"metrics": {"request_totals": {**totals, "total": sum(totals.values())}, **metrics}}],
        "formulas": {figure.name: figure.formula for figure in found},
    }


def summary(sample: Sample) -> dict[str, Any]:
    """Its distribution summary."""
    mean, std = sample.mean(), sample.std()
    return {
        "mean": mean,
        "median": _lowest(sample, 0.5),
        "mode": max(sample.weighted(), key=lambda pair: pair[1])[0],
        "variance": std**2,
        "std_dev": std,
        "min": sample.values[0],
        "max": sample.values[-1],
        "count": sample.count,
        "total_sum": mean * sample.count,
        "percentiles": {name: _lowest(sample, share) for name, share in PERCENTILES.items()},
    }


def _lowest(sample: Sample, share: float) -> float:
    """The smallest value with at least `share` of the sample at or below it."""
    return sample.at_rank(max(0, math.ceil(share * sample.count - 1e-9) - 1))


def _weighted(about: Subject, *, of: Of, weight: Weight) -> Sample:
    counts: Counter[float] = Counter()
    for record in about.good:
        value = of(record)
        if value is not None and weight(record) > 0:
            counts[value] += weight(record)
    return Sample.of_counts(counts)
