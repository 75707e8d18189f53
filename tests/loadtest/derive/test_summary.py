"""All numbers of a run together, and their way to disk and back."""

from __future__ import annotations

import math

import pytest

from loadtest.derive.summary import summarise, summary_from_json, summary_json
from loadtest.record import RecordError
from tests.loadtest.made_runs import RUN, busy_run, streamed

LIMITS = {"ttft": 0.2, "itl": 0.05}


def test_a_stall_of_five_seconds_shows_in_the_tail_of_an_open_loop() -> None:
    run, records = busy_run(stall_at=30.0)
    _, calm = busy_run(stall_at=math.inf)
    stalled, quiet = (summarise(run, records=one, limits={}) for one in (records, calm))
    assert quiet.latencies["ttft"]
    assert stalled.latencies["ttft"]
    assert stalled.gaps
    assert quiet.latencies["ttft"].p99 < 0.5
    assert stalled.latencies["ttft"].p99 > 3.5
    assert stalled.gaps.max > 5


def test_both_definitions_of_itl_are_there() -> None:
    records = (
        streamed(sent=0.0, gaps=(100_000, 10_000, 10_000)),
        streamed(sent=0.0, gaps=(100_000, *[40_000] * 6)),
    )
    found = summarise(RUN, records=records, limits={})
    assert found.gaps
    assert found.latencies["itl"]
    assert (found.gaps.count, found.gaps.mean) == (8, pytest.approx(0.0325))
    assert (found.latencies["itl"].count, found.latencies["itl"].mean) == (2, pytest.approx(0.025))


def test_lengths_that_miss_what_was_asked_for_are_counted() -> None:
    records = (
        streamed(
            sent=0.0, gaps=(1,) * 100, requested_tokens=100, prompt_tokens=101, planned_prompt_tokens=100
        ),
        streamed(
            sent=0.0, gaps=(1,) * 80, requested_tokens=100, prompt_tokens=130, planned_prompt_tokens=100
        ),
        streamed(sent=0.0, gaps=(1,) * 3, requested_tokens=2, planned_prompt_tokens=None),
    )
    lengths = summarise(RUN, records=records, limits={}).lengths
    assert (lengths.output_off, lengths.prompt_off) == (1, 1)


def test_lateness_is_that_of_the_generator() -> None:
    records = tuple(streamed(sent=one + 0.003, gaps=(1000,), scheduled=float(one)) for one in range(20))
    found = summarise(RUN, records=records, limits={}).lateness
    assert found
    assert found.p99 == pytest.approx(0.003)


def test_a_summary_survives_its_file() -> None:
    run, records = busy_run(duration=12)
    summary = summarise(run, records=records, limits=LIMITS)
    assert summary_from_json(summary_json(summary)) == summary


def test_a_run_without_requests_has_a_summary() -> None:
    summary = summarise(RUN, records=(), limits=LIMITS)
    assert summary_from_json(summary_json(summary)) == summary
    assert summary.gaps is None
    assert summary.rates.requests == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [("", "no JSON"), ("[]", "None"), ("{}", "None"), ('{"v": 99}', "99"), ('{"v": 1}', "Field required")],
)
def test_what_is_no_summary_is_refused(text: str, why: str) -> None:
    with pytest.raises(RecordError, match=why):
        summary_from_json(text)
