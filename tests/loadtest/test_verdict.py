"""The verdict: pass, fail breach by breach, invalid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from loadtest.derive.summary import Summary, summarise
from loadtest.record import CANCELLED, CUT, Generator, RequestRecord
from loadtest.slo.model import UNJUDGED, Slo
from loadtest.verdict import judge
from tests.loadtest.made_runs import RUN, failure, streamed

QUICK = streamed(sent=0.0, gaps=(100_000, 20_000, 20_000), prompt_tokens=100, cached_tokens=40)
SLOW = streamed(sent=0.0, gaps=(900_000, 90_000, 90_000), prompt_tokens=100, cached_tokens=40)
CHAT = Slo(name="chat", latency_ms={"ttft": 200, "itl": 50})


def summary(records: Sequence[RequestRecord], *, slo: Slo = CHAT, **changes: Any) -> Summary:
    """The summary of such a run."""
    run = replace(RUN, **{"warmup": 0.0, "duration": 1.2, **changes})
    return summarise(run, records=records, limits=slo.limits())


def test_a_run_within_its_limits_passes() -> None:
    verdict = judge(summary((QUICK,) * 20), slo=CHAT)
    assert (verdict.status, verdict.exit_code, verdict.breaches) == ("pass", 0, ())


def test_each_breach_is_named_with_its_numbers() -> None:
    verdict = judge(summary((*[QUICK] * 10, *[SLOW] * 10, failure(sent=0.0, error="5xx"))), slo=CHAT)
    assert (verdict.status, verdict.exit_code) == ("fail", 1)
    assert [str(breach) for breach in verdict.breaches] == [
        "TTFT p99 is 900 ms, at most 200 ms allowed",
        "ITL per request p99 is 90.0 ms, at most 50 ms allowed",
        "Error rate is 4.76 %, at most 1 % allowed",
    ]


def test_the_percentile_decides() -> None:
    records = (*[QUICK] * 90, *[SLOW] * 10)
    lenient = Slo(name="x", at="p75", latency_ms={"ttft": 200})
    assert judge(summary(records), slo=lenient).status == "pass"
    assert judge(summary(records), slo=replace_at(lenient, "p95")).status == "fail"


def replace_at(slo: Slo, at: str) -> Slo:
    """The same SLO, judged at another percentile."""
    return Slo.model_validate({**slo.model_dump(), "at": at})


@pytest.mark.parametrize(
    ("limits", "status"),
    [
        ({"goodput": 0.5}, "pass"),
        ({"goodput": 0.51}, "fail"),
        ({"cached_ratio": 0.4}, "pass"),
        ({"cached_ratio": 0.41}, "fail"),
        ({"output_tokens_per_second": 50}, "pass"),
        ({"output_tokens_per_second": 60}, "fail"),
    ],
)
def test_what_must_be_reached(limits: dict[str, float], status: str) -> None:
    slo = Slo.model_validate({"name": "x", "latency_ms": {"ttft": {"limit": 500, "at": "p50"}}, **limits})
    assert judge(summary((*[QUICK] * 10, *[SLOW] * 10), slo=slo), slo=slo).status == status


def test_without_an_slo_errors_alone_are_judged() -> None:
    assert judge(summary((SLOW,) * 5), slo=UNJUDGED).status == "pass"
    assert judge(summary((SLOW, failure(sent=0.0, error="connect"))), slo=UNJUDGED).status == "fail"


def test_a_server_that_never_answers_fails() -> None:
    verdict = judge(summary((failure(sent=0.0, error="connect", detail="connection refused"),) * 3), slo=CHAT)
    assert verdict.exit_code == 1
    assert "TTFT p99 was not measured, at most 200 ms allowed" in map(str, verdict.breaches)
    assert verdict.notes == ("not one request was answered; 3 of 3 ended with connect: connection refused",)


def test_a_late_generator_makes_the_run_invalid_whatever_its_numbers() -> None:
    late = Generator(0.4, 0.9, 1.0, 1, valid="no", reason="late by 900 ms at p99, 50 ms allowed")
    verdict = judge(summary((QUICK,) * 5, generator=late), slo=CHAT)
    assert (verdict.status, verdict.exit_code) == ("invalid", 3)
    assert verdict.reasons == ("late by 900 ms at p99, 50 ms allowed",)


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ((), "no request was measured"),
        ((replace(QUICK, warmup=True),), "no request was measured"),
        ((failure(sent=0.0, error="aborted", detail=CUT),), "no request was answered before the run ended"),
    ],
)
def test_a_run_that_measured_nothing_is_invalid(records: tuple[RequestRecord, ...], reason: str) -> None:
    assert judge(summary(records), slo=CHAT).reasons == (reason,)


def test_what_a_reader_must_know_is_noted() -> None:
    records = (
        QUICK,
        replace(QUICK, requested_tokens=30),
        failure(sent=0.0, error="aborted", detail=CANCELLED),
        failure(sent=0.0, error="aborted", detail=CUT),
    )
    notes = judge(
        summary(records, ended="interrupted", ended_reason="after 60 s", duration=60.0), slo=CHAT
    ).notes
    assert notes == (
        "interrupted after 60 s; the numbers cover what was measured",
        "1 requests were cancelled by the scenario; they count neither as good nor as bad",
        "1 requests were still open at the end; they count neither as good nor as bad",
        "1 answers differ from the length asked for by more than 5 %",
    )


def test_other_users_of_the_engines_are_noted() -> None:
    counters = {
        "before": {"a": {"sglang:prompt_tokens_total": 0.0}},
        "after": {"a": {"sglang:prompt_tokens_total": 1000.0, "sglang:cached_tokens_total": 900.0}},
    }
    assert "engines' counters disagree" in judge(summary((QUICK,), counters=counters), slo=CHAT).notes[0]
