"""The cached-token ratio is weighted by tokens, and checked against the engines."""

from __future__ import annotations

import pytest

from loadtest.derive.cache import CACHED_COUNTER, PROMPT_COUNTER, cache
from tests.loadtest.made_runs import streamed


def asked(prompt: int, cached: int | None, **changes: object) -> object:
    """A request whose prompt was cached so far."""
    return streamed(sent=1.0, gaps=(100_000, 10_000), prompt_tokens=prompt, cached_tokens=cached, **changes)


RECORDS = (
    asked(1000, 0, warmup=True),
    asked(1000, 900, replica="sglang-0", turn=1),
    asked(100, 0, replica="sglang-1", turn=0),
    asked(5000, None, replica="sglang-1"),
)


def counters(*, cached: float, prompt: float) -> dict[str, dict[str, dict[str, float]]]:
    """Two engines that had already worked before the run; one has never had a hit before it."""
    return {
        "before": {"a": {PROMPT_COUNTER: 500.0, CACHED_COUNTER: 50.0}, "b": {PROMPT_COUNTER: 0.0}},
        "after": {
            "a": {PROMPT_COUNTER: 500.0 + prompt / 2, CACHED_COUNTER: 50.0 + cached / 2},
            "b": {PROMPT_COUNTER: prompt / 2, CACHED_COUNTER: cached / 2},
        },
    }


def test_long_prompts_weigh_more_and_unreported_ones_nothing() -> None:
    found = cache(RECORDS, counters={})
    assert found.ratio == pytest.approx(900 / 1100)
    assert (found.prompt_tokens, found.cached_tokens) == (1100, 900)
    assert found.by_replica == {"sglang-0": 0.9, "sglang-1": 0.0}
    assert found.by_turn == {0: 0.0, 1: 0.9}


def test_the_engines_count_the_warm_up_too_and_only_what_grew() -> None:
    found = cache(RECORDS, counters=counters(cached=900, prompt=2100))
    assert found.whole_run_ratio == pytest.approx(900 / 2100)
    assert found.engine_ratio == pytest.approx(900 / 2100)
    assert found.disagreement == pytest.approx(0)


def test_strangers_on_the_engines_show_as_disagreement() -> None:
    assert cache(RECORDS, counters=counters(cached=900, prompt=4000)).disagreement == pytest.approx(
        900 / 2100 - 900 / 4000
    )


def test_without_counters_nothing_is_compared() -> None:
    assert cache(RECORDS, counters={}).disagreement is None
    assert cache((asked(10, None),), counters={}).ratio is None


def test_more_cache_shows_as_less_waiting() -> None:
    cold = streamed(sent=0.0, gaps=(400_000,), prompt_tokens=1000, cached_tokens=10)
    warm = streamed(sent=0.0, gaps=(40_000,), prompt_tokens=1000, cached_tokens=1000)
    bands = cache((cold, warm), counters={}).bands
    assert [(band.low, band.high, band.count, band.ttft_p50) for band in bands] == [
        (0.0, 0.1, 1, 0.4),
        (0.9, 1.0, 1, 0.04),
    ]
