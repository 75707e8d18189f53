"""The other vocabularies, against their formulas worked out by hand here on raw times."""

from __future__ import annotations

import json
from pathlib import Path
from statistics import fmean, median, pstdev
from typing import Any

import pytest

from loadtest.exporters.figure import subject
from loadtest.exporters.formats import FORMATS, Format, export
from loadtest.slo.model import Slo
from tests.loadtest.made_runs import busy_run, failure, request, streamed

LIMITS = Slo(name="x", latency_ms={"ttft": 150, "itl": 25, "e2e": 2000})
RECORDS = (
    streamed(sent=0.0, gaps=(50_000, 10_000), warmup=True),
    streamed(sent=1.0, gaps=(100_000, 10_000, 30_000), done=1.15, prompt_tokens=100, cached_tokens=50),
    streamed(sent=2.0, gaps=(300_000, 20_000), done=2.33, prompt_tokens=300, cached_tokens=100),
    streamed(sent=2.5, gaps=(200_000,), done=2.71, prompt_tokens=50, cached_tokens=0),
    failure(sent=2.6, error="5xx"),
)


def exported(to: Format) -> dict[str, Any]:
    """A format's object of those records."""
    return FORMATS[to](subject(RECORDS, limits={"ttft": 0.25, "itl": 0.024}))


def test_bench_serving_ends_with_done_and_pools_the_gaps() -> None:
    found = exported("bench_serving")
    duration = 2.71 - 1.0
    tpots = [(150 - 100) / 2, (330 - 300) / 1]
    assert found["duration"] == pytest.approx(duration)
    assert found["completed"] == 3
    assert found["output_throughput"] == pytest.approx(6 / duration)
    assert found["total_throughput"] == pytest.approx((6 + 450) / duration)
    assert found["mean_ttft_ms"] == pytest.approx(200)
    assert found["std_ttft_ms"] == pytest.approx(pstdev([100, 300, 200]))
    assert found["mean_tpot_ms"] == pytest.approx(fmean(tpots))
    assert found["mean_itl_ms"] == pytest.approx(20)
    assert found["max_itl_ms"] == pytest.approx(30)
    assert found["median_e2e_latency_ms"] == pytest.approx(median([150, 330, 210]))
    assert found["concurrency"] == pytest.approx((0.15 + 0.33 + 0.21) / duration)
    assert found["cache_hit_rate_pct"] == pytest.approx(100 * 150 / 450)
    assert found["slo_attainment"] == pytest.approx(1 / 4)
    assert found["max_concurrent_requests"] == 2
    assert found["max_output_tokens_per_s"] == 3


def test_bench_serving_takes_a_whole_body_as_its_first_token() -> None:
    whole = request(streamed=False, sent=0.0, first=0.5, last=0.5, done=0.5, chunks=(500_000,))
    assert FORMATS["bench_serving"](subject((whole,), limits={}))["mean_ttft_ms"] == pytest.approx(500)


def test_aiperf_ends_with_content_and_means_per_request() -> None:
    found = exported("aiperf")
    duration = 2.7 - 1.0
    assert found["benchmark_duration"]["avg"] == pytest.approx(duration)
    assert found["request_latency"]["avg"] == pytest.approx(fmean([140, 320, 200]))
    assert found["inter_token_latency"]["avg"] == pytest.approx(20)
    assert found["inter_token_latency"]["count"] == 2
    assert found["inter_chunk_latency"]["p50"] == pytest.approx(20)
    assert found["inter_chunk_latency"]["count"] == 3
    assert found["time_to_second_token"]["max"] == pytest.approx(20)
    assert found["output_token_throughput_per_user"]["avg"] == pytest.approx(50)
    assert found["prefill_throughput_per_user"]["max"] == pytest.approx(1000)
    assert found["output_token_throughput"]["avg"] == pytest.approx(6 / duration)
    assert found["request_error_rate"]["avg"] == 25
    assert found["good_request_fraction"]["avg"] == pytest.approx(2 / 4)


def test_guidellm_weights_by_tokens_and_does_not_interpolate() -> None:
    found = exported("guidellm")["benchmarks"][0]["metrics"]
    itl = found["inter_token_latency_ms"]["successful"]
    assert itl["mean"] == pytest.approx((20 * 2 + 20 * 1) / 3)
    assert itl["count"] == 3
    tpot = found["time_per_output_token_ms"]["successful"]
    assert tpot["mean"] == pytest.approx((140 + 320 + 200) / 6)
    latency = found["request_latency"]["successful"]
    assert latency["percentiles"]["p50"] == pytest.approx(0.21)
    assert latency["percentiles"]["p90"] == pytest.approx(0.33)
    assert latency["percentiles"]["p01"] == pytest.approx(0.15)
    assert found["requests_per_second"]["successful"]["mean"] == pytest.approx(3 / 1.71)
    assert found["request_totals"] == {"successful": 3, "errored": 1, "incomplete": 0, "total": 4}


@pytest.mark.parametrize("to", FORMATS)
def test_every_number_has_its_formula(to: Format) -> None:
    found = exported(to)
    numbers = (
        found["benchmarks"][0]["metrics"].keys() - {"request_totals"} if to == "guidellm" else found.keys()
    )
    assert found["formulas"].keys() == numbers - {"formulas"}
    assert all(found["formulas"].values())


@pytest.mark.parametrize("to", FORMATS)
def test_a_run_folder_is_exported_as_json(to: Format, tmp_path: Path) -> None:
    run, records = busy_run(duration=12)
    (tmp_path / "run.json").write_text(run.to_json())
    (tmp_path / "requests.jsonl").write_text("".join(record.to_line() + "\n" for record in records))
    assert json.loads(export(tmp_path, to=to, slo=LIMITS))["formulas"]


@pytest.mark.parametrize("to", FORMATS)
def test_a_run_without_answers_is_exported_too(to: Format) -> None:
    nothing = FORMATS[to](subject((failure(sent=1.0, error="connect"),), limits={}))
    assert json.loads(json.dumps(nothing)) == nothing
