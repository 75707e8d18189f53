"""All numbers of a run: `Summary`, the content of summary.json."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

from pydantic import TypeAdapter, ValidationError

from loadtest.derive.cache import Cache, cache
from loadtest.derive.goodput import Goodput, Limits, goodput
from loadtest.derive.memory import Memory, memory
from loadtest.derive.outcomes import Outcomes, Window, measured, outcomes, succeeded, wall_window
from loadtest.derive.rates import Rates, rates, wall_rates
from loadtest.derive.replicas import Balance, balance
from loadtest.derive.sample import Distribution, Sample, distribution
from loadtest.derive.series import Series, Values, series
from loadtest.derive.timing import LATENCIES, LatencyName, output_tokens, prefill_speed, speed
from loadtest.derive.trend import Trend, trend
from loadtest.record import RecordError, RequestRecord, RunRecord, unversioned

SUMMARY_VERSION: Final = 1
SUMMARY_FILE: Final = "summary.json"
LENGTH_TOLERANCE: Final = 0.05
"""A length is off when it differs from what was asked for by more than this share, and by a token."""


@dataclass(frozen=True)
class Lengths:
    """Tokens per request, and how many requests missed the length asked for."""

    prompt: Distribution | None
    output: Distribution | None
    prompt_off: int
    output_off: int


@dataclass(frozen=True)
class Summary:
    """Latencies in seconds; a distribution that was not measured is None."""

    run: RunRecord
    window: Window
    """From the end of the warm-up to the end of the arrivals: what `rates` are of."""
    wall: Window
    """From the first measured request to the end of the last answer: what `wall_rates` are of."""
    outcomes: Outcomes
    latencies: Mapping[LatencyName, Distribution | None]
    gaps: Distribution | None
    """ITL as `sglang.benchmark.serving` has it: the gaps between content chunks of all requests, pooled."""
    speed: Distribution | None
    prefill_speed: Distribution | None
    lateness: Distribution | None
    rates: Rates
    wall_rates: Rates
    peak_in_flight: float
    """Highest mean over one bucket of the series."""
    lengths: Lengths
    cache: Cache
    balance: Balance
    goodput: Goodput | None
    limits: Limits
    """What a good request had to meet, in seconds."""
    series: Series
    trends: Mapping[str, Trend | None]
    memory: Mapping[str, Memory] = field(default_factory=dict)
    """By the name of replica or edge."""


def summarise(run: RunRecord, *, records: Sequence[RequestRecord], limits: Limits) -> Summary:
    """Derive everything. Without measured requests the distributions are None and the rates 0."""
    counted = measured(records)
    good = succeeded(counted)
    wall = wall_window(counted)
    span = _load_window(run, wall=wall)
    over_time = series(records, limits=limits)
    return Summary(
        run=run,
        window=span,
        wall=wall,
        outcomes=outcomes(records),
        latencies={
            name: _distribution(latency.of(record) for record in good) for name, latency in LATENCIES.items()
        },
        gaps=distribution(pooled_gaps(good)),
        speed=_distribution(speed(record) for record in good),
        prefill_speed=_distribution(prefill_speed(record) for record in good),
        lateness=_distribution(record.sent - record.scheduled for record in counted),
        rates=rates(records, span=span, limits=limits),
        wall_rates=wall_rates(good, span=wall, limits=limits),
        peak_in_flight=max(over_time.in_flight, default=0.0),
        lengths=_lengths(good),
        cache=cache(records, counters=run.counters),
        balance=balance(counted),
        goodput=goodput(counted, limits=limits),
        limits=limits,
        series=over_time,
        trends=_trends(over_time, run=run),
        memory=memory(run),
    )


def summary_json(summary: Summary) -> str:
    """The text of summary.json."""
    return json.dumps({"v": SUMMARY_VERSION, **asdict(summary)}, indent=1) + "\n"


def summary_from_json(text: str) -> Summary:
    """The summary of a summary.json. Raises RecordError for anything else."""
    data = unversioned(text, "summary", version=SUMMARY_VERSION)
    try:
        return TypeAdapter(Summary).validate_python(data)
    except ValidationError as problem:
        raise RecordError(f"no summary of version {SUMMARY_VERSION}: {problem}") from None


def pooled_gaps(records: Sequence[RequestRecord]) -> Sample:
    """The gaps between content chunks of all records, in seconds."""
    counts: Counter[float] = Counter()
    for record in records:
        counts.update(record.chunks[1:])
    return Sample.of_counts(counts, scale=1e-6)


def _distribution(values: Iterable[float | None]) -> Distribution | None:
    return distribution(Sample.of(value for value in values if value is not None))


def _load_window(run: RunRecord, *, wall: Window) -> Window:
    """From the end of the warm-up to the end of the arrivals; all of the run where it ended before its warm-up."""
    return Window(run.warmup, run.duration) if run.duration > run.warmup else wall


def _lengths(good: Sequence[RequestRecord]) -> Lengths:
    return Lengths(
        prompt=_distribution(record.prompt_tokens for record in good),
        output=_distribution(output_tokens(record) for record in good),
        prompt_off=sum(_off(record.prompt_tokens, wanted=record.planned_prompt_tokens) for record in good),
        output_off=sum(_off(record.completion_tokens, wanted=record.requested_tokens) for record in good),
    )


def _off(length: int | None, *, wanted: int | None) -> bool:
    if length is None or wanted is None:
        return False
    return abs(length - wanted) > max(1, LENGTH_TOLERANCE * wanted)


def _trends(over_time: Series, *, run: RunRecord) -> dict[str, Trend | None]:
    lines = {
        "ttft": over_time.ttft_p50,
        "itl": over_time.itl_p50,
        "e2e": over_time.e2e_p50,
        "in_flight": over_time.in_flight,
    }
    return {name: trend(_steady(values, width=over_time.width, run=run)) for name, values in lines.items()}


def _steady(values: Values, *, width: float, run: RunRecord) -> list[tuple[float, float]]:
    """The whole buckets after the warm-up and before the end of the arrivals."""
    return [
        ((bucket + 0.5) * width, value)
        for bucket, value in enumerate(values)
        if value is not None and bucket * width >= run.warmup and (bucket + 1) * width <= run.duration
    ]
