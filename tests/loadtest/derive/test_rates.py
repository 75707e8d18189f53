"""Throughput while the load lasted, and by the wall clock."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loadtest.derive.outcomes import Window
from loadtest.derive.rates import rates, wall_rates
from loadtest.derive.summary import summarise
from loadtest.record import CUT
from tests.loadtest.made_runs import RUN, failure, streamed

SPAN = Window(10.0, 20.0)
SECOND = 1_000_000
BEFORE = streamed(sent=8.0, gaps=(SECOND, SECOND, SECOND, SECOND), warmup=True, prompt_tokens=7)
INSIDE = streamed(sent=11.0, gaps=(SECOND, SECOND), prompt_tokens=30)
ACROSS = streamed(sent=18.5, gaps=(SECOND, SECOND), completion_tokens=10, prompt_tokens=20)


def test_what_came_while_the_load_lasted_counts_whenever_it_was_sent() -> None:
    found = rates((BEFORE, INSIDE, ACROSS), span=SPAN, limits={})
    # Of the first one the tokens at 10, 11 and 12 s, of the last one the chunk of five tokens at 19.5 s.
    assert found.output_tokens == pytest.approx((3 + 2 + 5) / 10)
    assert found.requests == pytest.approx(2 / 10)
    assert found.prompt_tokens == pytest.approx((30 + 20) / 10)
    assert found.total_tokens == pytest.approx((10 + 50) / 10)
    assert found.concurrency == pytest.approx((2 + 2 + 1.5) / 10)


def test_tokens_of_requests_that_did_not_end_well_were_generated_too() -> None:
    cut = replace(ACROSS, error="aborted", detail=CUT, completion_tokens=None, ended=25.0)
    found = rates((cut,), span=SPAN, limits={})
    assert found.output_tokens == pytest.approx(1 / 10)
    assert found.requests == 0
    assert found.concurrency == pytest.approx(1.5 / 10)


def test_good_ones_are_those_within_the_limits() -> None:
    found = rates((BEFORE, INSIDE), span=SPAN, limits={"ttft": 0.5})
    assert (found.requests, found.good) == (pytest.approx(0.2), 0.0)


def test_the_wall_clock_runs_to_the_last_answer_of_the_measured() -> None:
    found = wall_rates((INSIDE, ACROSS), span=Window(11.0, 20.5), limits={})
    assert found.requests == pytest.approx(2 / 9.5)
    assert found.output_tokens == pytest.approx(12 / 9.5)
    assert found.concurrency == pytest.approx(4 / 9.5)


def test_a_short_run_says_the_same_as_a_long_one() -> None:
    def steady(seconds: int) -> float:
        each = [streamed(sent=one / 10, gaps=(SECOND,) * 4, warmup=one < 50) for one in range(seconds * 10)]
        run = replace(RUN, warmup=5.0, duration=float(seconds))
        return summarise(run, records=tuple(each), limits={}).rates.output_tokens

    assert steady(10) == pytest.approx(steady(60)) == pytest.approx(40)


def test_a_run_that_ended_in_its_warm_up_is_counted_by_the_wall_clock() -> None:
    run = replace(RUN, warmup=5.0, duration=3.0)
    summary = summarise(run, records=(streamed(sent=1.0, gaps=(SECOND,)),), limits={})
    assert (summary.window, summary.window.duration) == (summary.wall, 1.0)


def test_nothing_is_no_rate() -> None:
    nothing = summarise(RUN, records=(failure(sent=6.0, error="connect"),), limits={})
    assert nothing.rates.requests == nothing.wall_rates.requests == nothing.rates.output_tokens == 0
