"""Memory over a run: a leak is told from what fills in the beginning."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace

from loadtest.derive.memory import by_bucket, memory
from loadtest.derive.summary import summarise
from loadtest.report.wording import creeps
from tests.loadtest.made_runs import RUN, busy_run

GIB = 2**30


def samples(held: Callable[[float], float], *, seconds: int = 3600) -> tuple[tuple[float, float], ...]:
    """One every five seconds, with a megabyte of noise."""
    dice = random.Random(2)
    return tuple((float(at), held(at) + dice.gauss(0, 2**20)) for at in range(0, seconds, 5))


def leaking(at: float) -> float:
    return GIB + 100_000 * at


def filling(at: float) -> float:
    return GIB * (2 - math.exp(-at / 200))


def test_a_leak_is_found_with_its_size() -> None:
    found = memory(replace(RUN, duration=3600.0, memory={"replica-0": samples(leaking)}))["replica-0"]
    assert found.trend
    assert found.trend.direction == "rises"
    assert found.trend.low < 100_000 < found.trend.high
    assert found.first < found.last <= found.peak


def test_a_cache_that_fills_is_no_leak() -> None:
    run, records = busy_run(duration=60)
    held = {"replica-0": samples(filling), "replica-1": samples(leaking)}
    long = replace(run, duration=3600.0, memory=held)
    said = [
        sentence for sentence in creeps(summarise(long, records=records, limits={})) if "Memory" in sentence
    ]
    assert len(said) == 1
    assert said[0].startswith("Memory of replica-1 rises by 5.")
    assert said[0].endswith("MiB a minute (95 % confidence)")


def test_nothing_is_said_of_what_was_not_seen() -> None:
    assert memory(RUN) == {}
    few = memory(replace(RUN, memory={"replica-0": samples(leaking, seconds=20)}))["replica-0"]
    assert few.trend is None


def test_a_chart_has_a_value_for_every_bucket() -> None:
    points = by_bucket({"a": [(0.0, 1.0), (4.0, 2.0), (25.0, 3.0)]}, width=10.0, buckets=3)
    assert points == {"a": (2.0, None, 3.0)}
