"""The prefix cache is on, and most of what comes is in it."""

from __future__ import annotations

import pytest

from generator.audit.cache import cached_tokens, prefix_cache
from tests.generator.audit.subjects import running, subject


def test_it_is_on_unless_told_otherwise() -> None:
    assert prefix_cache(subject()).verdict == "pass"


def test_a_replica_without_it_fails_and_is_named() -> None:
    replicas = [{"gpus": [0]}, {"gpus": [1], "extra_args": "--disable-radix-cache"}]
    finding = prefix_cache(subject(replicas=replicas))
    assert (finding.verdict, finding.seen) == ("fail", "off in replica-1")
    assert finding.remedy == "take `--disable-radix-cache` out of `extra_args`"


@pytest.mark.parametrize(
    ("prompt", "cached", "verdict"),
    [
        (20_000, 16_000, "pass"),
        (20_000, 14_000, "fail"),
        (20_000, 0, "fail"),
        (9_000, 0, "not known"),
        (None, None, "not known"),
    ],
)
def test_more_than_seven_tenths_pass(prompt: float | None, cached: float | None, verdict: str) -> None:
    seen = running(prompt_tokens=prompt, cached_tokens=cached)
    assert cached_tokens(subject(running=seen)).verdict == verdict


def test_what_does_not_run_is_not_judged() -> None:
    finding = cached_tokens(subject())
    assert (finding.verdict, finding.seen) == ("not known", "nothing runs")


def test_routing_is_the_remedy_only_where_it_scatters_prompts() -> None:
    few = running(cached_tokens=0)
    assert "`routing: affinity`" in cached_tokens(subject(running=few, routing="least_conn")).remedy
    assert "`routing: affinity`" not in cached_tokens(subject(running=few)).remedy
