"""The vocabulary of aiperf (0.13), as in `profile_export_aiperf.json`: statistics per metric, milliseconds.

Its peculiarities, kept here: TTFT includes reasoning (TTFO does not); a latency ends with the last content;
what it calls inter token latency is a request's mean, the gaps are the inter chunk latency.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from loadtest.derive.goodput import meets_all
from loadtest.derive.sample import Sample
from loadtest.derive.summary import pooled_gaps
from loadtest.derive.timing import e2e, output_tokens, ttft, ttft_any
from loadtest.exporters.figure import Figure, Subject, per_second, values
from loadtest.record import RequestRecord

PERCENTILES: Final = (1, 5, 10, 25, 50, 75, 90, 95, 99)
Of = Callable[[RequestRecord], float | None]


def inter_token_latency(record: RequestRecord) -> float | None:
    """(request latency - TTFT) / (output tokens - 1), for two tokens or more."""
    latency, wait, tokens = e2e(record), ttft_any(record), output_tokens(record)
    return None if latency is None or wait is None or tokens < 2 else (latency - wait) / (tokens - 1)


def per_user(record: RequestRecord) -> float | None:
    """1 / inter token latency."""
    gap = inter_token_latency(record)
    return 1 / gap if gap else None


def end_to_end_speed(record: RequestRecord) -> float | None:
    """Output tokens / request latency."""
    latency = e2e(record)
    return output_tokens(record) / latency if latency else None


def prefill_speed(record: RequestRecord) -> float | None:
    """Prompt tokens / TTFT."""
    wait = ttft_any(record)
    return record.prompt_tokens / wait if wait and record.prompt_tokens is not None else None


def second_token(record: RequestRecord) -> float | None:
    """Second content chunk - first."""
    return record.chunks[1] / 1e6 if record.streamed and len(record.chunks) > 1 else None


RECORD_METRICS: Final[tuple[tuple[str, str, str, Of, float], ...]] = (
    ("time_to_first_token", "ms", "first chunk, reasoning included - request sent", ttft_any, 1000),
    ("time_to_second_token", "ms", "second content chunk - first", second_token, 1000),
    ("time_to_first_output_token", "ms", "first content chunk - request sent", ttft, 1000),
    ("request_latency", "ms", "last content chunk - request sent", e2e, 1000),
    (
        "inter_token_latency",
        "ms",
        "(request latency - TTFT) / (output tokens - 1)",
        inter_token_latency,
        1000,
    ),
    ("output_token_throughput_per_user", "tokens/sec/user", "1 / inter token latency", per_user, 1),
    (
        "e2e_output_token_throughput",
        "tokens/sec/user",
        "output tokens / request latency",
        end_to_end_speed,
        1,
    ),
    ("prefill_throughput_per_user", "tokens/sec/user", "prompt tokens / TTFT", prefill_speed, 1),
    ("output_sequence_length", "tokens", "usage.completion_tokens", output_tokens, 1),
    ("input_sequence_length", "tokens", "usage.prompt_tokens", lambda record: record.prompt_tokens, 1),
)


def figures(about: Subject) -> Iterator[Figure]:
    """Record metrics, then the derived ones."""
    for name, unit, formula, of, factor in RECORD_METRICS:
        sample = Sample.of(values(about.good, of, factor=factor))
        if sample.count:
            yield Figure(name, unit, formula, statistics(sample))
    gaps = pooled_gaps(about.good)
    if gaps.count:
        scaled = Sample(tuple(value * 1000 for value in gaps.values), gaps.cumulative)
        yield Figure("inter_chunk_latency", "ms", "gaps between content chunks, pooled", statistics(scaled))
    yield from _derived(about)


def export(about: Subject) -> dict[str, Any]:
    """Metric name -> unit and statistics, with the formulas beside."""
    found = tuple(figures(about))
    return {
        **{figure.name: _metric(figure) for figure in found},
        "formulas": {figure.name: figure.formula for figure in found},
    }


def statistics(sample: Sample) -> dict[str, float]:
    """The statistics it exports, by its names."""
    percentiles = {f"p{percent}": sample.quantile(percent / 100) for percent in PERCENTILES}
    mean = sample.mean()
    ends = {"min": sample.values[0], "max": sample.values[-1]}
    return {
        "avg": mean,
        **percentiles,
        **ends,
        "std": sample.std(),
        "count": sample.count,
        "sum": mean * sample.count,
    }


def _metric(figure: Figure) -> dict[str, Any]:
    statistics_of = figure.value if isinstance(figure.value, Mapping) else {"avg": figure.value}
    return {"unit": figure.unit, **statistics_of}


def _derived(about: Subject) -> Iterator[Figure]:
    ends = [record.last for record in about.good if record.last is not None]
    duration = max(ends, default=0.0) - about.started
    prompt = sum(record.prompt_tokens or 0 for record in about.good)
    output = sum(map(output_tokens, about.good))
    good, attempted = len(about.good), len(about.good) + len(about.failed)
    span = "last content - first request sent"
    yield Figure("benchmark_duration", "sec", span, duration)
    yield Figure("request_count", "requests", "answered requests", good)
    yield Figure("request_throughput", "requests/sec", "request count / duration", per_second(good, duration))
    yield Figure(
        "output_token_throughput", "tokens/sec", "output tokens / duration", per_second(output, duration)
    )
    total = per_second(prompt + output, duration)
    yield Figure("total_token_throughput", "tokens/sec", "(prompt + output tokens) / duration", total)
    if about.failed:
        yield Figure("error_request_count", "requests", "failed requests", len(about.failed))
    if attempted:
        yield Figure(
            "request_error_rate", "%", "100 x failed / attempted", 100 * len(about.failed) / attempted
        )
    if about.limits and attempted:
        within = sum(meets_all(record, limits=about.limits) for record in about.good)
        yield Figure(
            "goodput", "requests/sec", "requests within every limit / duration", per_second(within, duration)
        )
        yield Figure(
            "good_request_fraction", "ratio", "requests within every limit / attempted", within / attempted
        )
