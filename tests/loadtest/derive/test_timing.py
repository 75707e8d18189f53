"""Each number of a request by its formula, on records whose times are known."""

from __future__ import annotations

import pytest

from loadtest.derive.timing import LATENCIES, end, output_tokens, prefill_speed, speed
from tests.loadtest.made_runs import failure, request, streamed

LATE = streamed(sent=10.002, gaps=(200_000, 20_000, 40_000, 30_000), scheduled=10.0, done=10.30)
"""Sent 2 ms late; first content after 200 ms, three gaps, the body ends 8 ms after the last one."""


@pytest.mark.parametrize(
    ("name", "seconds"),
    [
        ("ttft", 0.2),
        ("ttft_scheduled", 0.202),
        ("ttft_any", 0.2),
        ("itl", 0.03),
        ("tpot", (10.30 - 10.202) / 3),
        ("tpot_inclusive", 0.29 / 4),
        ("e2e", 0.29),
        ("e2e_scheduled", 0.292),
        ("done_gap", 0.008),
        ("stall", 0.04),
    ],
)
def test_every_latency_has_its_formula(name: str, seconds: float) -> None:
    latency = next(one for one in LATENCIES.values() if one.name == name)
    assert latency.of(LATE) == pytest.approx(seconds, abs=1e-9)


def test_reasoning_delays_content_but_begins_decoding() -> None:
    thinking = streamed(sent=0.0, gaps=(1_000_000, 20_000), reasoning_first=0.1, completion_tokens=47)
    assert LATENCIES["ttft"].of(thinking) == 1.0
    assert LATENCIES["ttft_any"].of(thinking) == 0.1
    assert LATENCIES["itl"].of(thinking) == pytest.approx((1.02 - 0.1) / 46)


def test_chunks_of_several_tokens_do_not_slow_a_request_down() -> None:
    bundled = streamed(sent=0.0, gaps=(100_000, 80_000, 80_000), completion_tokens=9)
    assert LATENCIES["itl"].of(bundled) == pytest.approx(0.02)
    assert LATENCIES["stall"].of(bundled) == 0.08


def test_without_usage_a_chunk_is_a_token() -> None:
    assert output_tokens(streamed(sent=0.0, gaps=(1, 1, 1), completion_tokens=None)) == 3


def test_one_token_has_no_gap() -> None:
    single = streamed(sent=0.0, gaps=(100_000,))
    assert [LATENCIES[name].of(single) for name in ("itl", "tpot", "stall")] == [None, None, None]
    assert LATENCIES["tpot_inclusive"].of(single) == pytest.approx(0.1)


def test_a_body_that_is_not_streamed_has_a_latency_only() -> None:
    whole = request(streamed=False, first=0.5, last=0.5, done=0.5, chunks=(500_000,), completion_tokens=20)
    assert LATENCIES["e2e"].of(whole) == 0.5
    assert [LATENCIES[name].of(whole) for name in ("ttft", "itl", "stall")] == [None, None, None]


def test_a_failure_has_no_latency_and_ends_where_it_began() -> None:
    refused = failure(sent=3.0, error="connect")
    assert {latency.of(refused) for latency in LATENCIES.values()} == {None}
    assert end(refused) == 3.0
    assert end(failure(sent=3.0, error="timeout", ended=63.0)) == 63.0


def test_speeds() -> None:
    record = streamed(sent=0.0, gaps=(100_000, 25_000, 25_000), prompt_tokens=1000, cached_tokens=600)
    assert speed(record) == pytest.approx(40)
    assert prefill_speed(record) == pytest.approx(4000)
