"""The cached-token ratio: token-weighted from the responses, checked against the engines' own counters."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeVar

from loadtest.derive.outcomes import measured, succeeded
from loadtest.derive.sample import Sample
from loadtest.derive.timing import ttft
from loadtest.record import RequestRecord

CACHED_COUNTER: Final = "sglang:cached_tokens_total"
PROMPT_COUNTER: Final = "sglang:prompt_tokens_total"
BANDS: Final = ((0.0, 0.1), (0.1, 0.5), (0.5, 0.9), (0.9, 1.0))
"""Shares of a prompt found in the cache, for `HitBand`."""

Counters = Mapping[str, Mapping[str, Mapping[str, float]]]
Group = TypeVar("Group", bound=Hashable)


@dataclass(frozen=True)
class HitBand:
    """Requests whose prompt was cached to between `low` and `high`, and their median TTFT in seconds."""

    low: float
    high: float
    count: int
    ttft_p50: float


@dataclass(frozen=True)
class Cache:
    """Ratios are sum of cached tokens / sum of prompt tokens; None where the server reports none."""

    prompt_tokens: int
    cached_tokens: int
    ratio: float | None
    by_replica: Mapping[str, float]
    by_turn: Mapping[int, float]
    bands: tuple[HitBand, ...]
    whole_run_ratio: float | None
    """From the responses, warm-up included: the requests that the counters saw."""
    engine_ratio: float | None
    """From the engines' counters, after minus before."""
    disagreement: float | None
    """|whole_run_ratio - engine_ratio|; more than one hundredth means that somebody else used the engines."""


def cache(records: Sequence[RequestRecord], *, counters: Counters) -> Cache:
    """The cache as all records of a run saw it."""
    counted = [record for record in succeeded(measured(records)) if _reported(record)]
    whole = ratio(succeeded(records))
    engine = engine_ratio(counters)
    return Cache(
        prompt_tokens=sum(record.prompt_tokens or 0 for record in counted),
        cached_tokens=sum(record.cached_tokens or 0 for record in counted),
        ratio=ratio(counted),
        by_replica=_ratios(counted, by=lambda record: record.replica or "unknown"),
        by_turn=_ratios(counted, by=lambda record: record.turn),
        bands=_bands(counted),
        whole_run_ratio=whole,
        engine_ratio=engine,
        disagreement=None if whole is None or engine is None else abs(whole - engine),
    )


def ratio(records: Iterable[RequestRecord]) -> float | None:
    """Cached over prompt tokens of the records that report both."""
    reported = [record for record in records if _reported(record)]
    prompt = sum(record.prompt_tokens or 0 for record in reported)
    return sum(record.cached_tokens or 0 for record in reported) / prompt if prompt else None


def engine_ratio(counters: Counters) -> float | None:
    """The same from the growth of the engines' counters; None where they were not read."""
    if not {"before", "after"} <= counters.keys():
        return None
    prompt = _growth(counters, metric=PROMPT_COUNTER)
    return _growth(counters, metric=CACHED_COUNTER) / prompt if prompt > 0 else None


def _growth(counters: Counters, *, metric: str) -> float:
    # An engine has no series for its cached tokens before its first hit.
    return sum(
        values.get(metric, 0.0) - counters["before"].get(replica, {}).get(metric, 0.0)
        for replica, values in counters["after"].items()
    )


def _reported(record: RequestRecord) -> bool:
    return record.cached_tokens is not None and record.prompt_tokens is not None


def _ratios(records: Iterable[RequestRecord], *, by: Callable[[RequestRecord], Group]) -> dict[Group, float]:
    groups: defaultdict[Group, list[RequestRecord]] = defaultdict(list)
    for record in records:
        groups[by(record)].append(record)
    pairs = ((key, ratio(group)) for key, group in groups.items())
    return dict(
        sorted(((key, value) for key, value in pairs if value is not None), key=lambda pair: str(pair[0]))
    )


def _bands(records: Sequence[RequestRecord]) -> tuple[HitBand, ...]:
    found = []
    for low, high in BANDS:
        inside = [
            record for record in records if low <= _share(record) < high or _share(record) == high == 1.0
        ]
        waits = [wait for wait in map(ttft, inside) if wait is not None]
        if waits:
            found.append(HitBand(low, high, count=len(waits), ttft_p50=Sample.of(waits).quantile(0.5)))
    return tuple(found)


def _share(record: RequestRecord) -> float:
    return (record.cached_tokens or 0) / record.prompt_tokens if record.prompt_tokens else 0.0
