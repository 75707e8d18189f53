"""The run over time: what fell into which bucket."""

from __future__ import annotations

import pytest

from loadtest.derive.series import bucket_width, series
from tests.loadtest.made_runs import failure, streamed


def test_in_flight_is_the_mean_over_each_bucket() -> None:
    # 11 x 1 s wide: [0.5, 2.25) and [1.0, 1.5) are open; a last one at 10 s makes the run long.
    found = series(
        (
            streamed(sent=0.5, gaps=(1_750_000,)),
            streamed(sent=1.0, gaps=(500_000,)),
            streamed(sent=10.0, gaps=(100_000,)),
        ),
        limits={},
    )
    assert found.width == 1.0
    assert found.in_flight[:4] == pytest.approx((0.5, 1.5, 0.25, 0.0))
    assert sum(found.in_flight) * found.width == pytest.approx(1.75 + 0.5 + 0.1)


def test_tokens_and_gaps_belong_to_the_moment_they_came() -> None:
    slow = streamed(sent=0.0, gaps=(500_000, 700_000, 100_000), completion_tokens=6)
    found = series((slow, streamed(sent=11.9, gaps=(1_000,))), limits={})
    assert found.output_tokens[:2] == pytest.approx((2.0, 4.0))
    assert found.itl_p50[:2] == (None, pytest.approx(0.4))


def test_a_wait_belongs_to_the_moment_its_request_was_sent() -> None:
    stalled = [streamed(sent=2.0 + step / 10, gaps=(5_000_000 - step * 100_000,)) for step in range(10)]
    quick = [streamed(sent=step, gaps=(20_000,)) for step in (0, 1, 8, 9, 10, 11)]
    found = series((*quick, *stalled), limits={})
    assert found.ttft_p50[2] == pytest.approx(4.55)
    assert found.ttft_p50[8] == pytest.approx(0.02)


def test_good_is_what_met_the_limits_and_failures_are_apart() -> None:
    records = (
        streamed(sent=0.0, gaps=(100_000,)),
        streamed(sent=0.0, gaps=(300_000,)),
        failure(sent=0.2, error="5xx"),
        streamed(sent=11.9, gaps=(1_000,)),
    )
    found = series(records, limits={"ttft": 0.2})
    assert (found.completions[0], found.good[0], found.failures[0], found.arrivals[0]) == (2.0, 1.0, 1.0, 3.0)


def test_replicas_have_their_own_series() -> None:
    found = series(
        (
            streamed(sent=0.0, gaps=(1_000_000,), replica="a", prompt_tokens=10, cached_tokens=5),
            streamed(sent=11.0, gaps=(500_000,), replica="b"),
        ),
        limits={},
    )
    assert found.replicas["a"].in_flight[0] == pytest.approx(1.0)
    assert found.replicas["a"].cached_ratio[0] == 0.5
    assert found.replicas["b"].in_flight[0] == 0.0


@pytest.mark.parametrize(
    ("duration", "requests", "width"), [(10, 20, 1.0), (60, 1000, 1.0), (3600, 10**6, 60.0), (60, 60, 5.0)]
)
def test_buckets_are_few_enough_to_read_and_full_enough_to_mean_something(
    duration: float, requests: int, width: float
) -> None:
    assert bucket_width(duration, requests=requests) == width
