"""GET /metrics: the series that dashboards and alerts stand on, with labels and buckets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.conformance.targets import MODEL, Target, eventually
from tests.conformance.wire import posting

SERVED = {"model_name", "engine_type"}
RANKED = SERVED | {"tp_rank", "pp_rank", "moe_ep_rank"}
STREAMED = SERVED | {"is_streaming"}
WHERE = {"endpoint", "method"}

GAUGES = {
    **dict.fromkeys(
        (
            *("num_running_reqs", "num_queue_reqs", "token_usage", "full_token_usage", "num_used_tokens"),
            *(
                "kv_available_tokens",
                "kv_evictable_tokens",
                "kv_used_tokens",
                "gen_throughput",
                "cache_hit_rate",
            ),
            *("decode_sum_seq_lens", "max_total_num_tokens", "page_size", "num_pages", "context_len"),
            *("weight_memory_usage_gb", "kv_cache_memory_usage_gb", "new_token_ratio", "is_cuda_graph"),
            *(
                "num_grammar_queue_reqs",
                "utilization",
                "spec_accept_length",
                "swa_token_usage",
                "mamba_usage",
            ),
            *("startup_available_gpu_memory_gb", "num_decode_transfer_queue_reqs"),
        ),
        RANKED,
    ),
    "http_requests_active": WHERE,
    "startup_time_seconds": SERVED | {"phase"},
    "startup_cuda_graph_time_seconds": SERVED | {"phase"},
    "graph_memory_usage_gb": RANKED | {"phase"},
    "num_retracted_reqs": RANKED | {"pid"},
    "num_paused_reqs": RANKED | {"pid"},
}
COUNTERS = {
    "prompt_tokens": STREAMED,
    "generation_tokens": STREAMED,
    "num_requests": STREAMED,
    "cached_tokens": SERVED | {"cache_source"},
    "num_aborted_requests": SERVED,
    "http_requests": WHERE,
    "http_responses": WHERE | {"status_code"},
    "prefill_effective_tokens": RANKED | {"mode"},
    "realtime_tokens": RANKED | {"mode"},
    "cuda_graph_passes": RANKED | {"mode"},
    "scheduler_idle_seconds": RANKED,
    "scheduler_process_cpu_seconds": RANKED,
    "scheduler_stage_seconds": RANKED | {"category", "forward_overlap"},
    "process_cpu_seconds": {"component"},
}
TTFT = "0.1 0.2 0.4 0.6 0.8 1.0 2.0 4.0 6.0 8.0 10.0 20.0 40.0 60.0 80.0 100.0 200.0 400.0"
E2E = f"{TTFT} 600.0 1200.0 1800.0 2400.0"
ITL = "0.002 0.004 0.006 0.008 0.01 0.015 0.02 0.025 0.03 0.035 0.04 0.06 0.08 0.1 0.2 0.4 0.6 0.8 1.0 2.0 4.0 6.0 8.0"
QUEUE = (
    "0.0 0.001 0.005 0.01 0.05 0.1 0.2 0.5 1.0 2.0 3.0 4.0 5.0 10.0 15.0 20.0 30.0 40.0 50.0 60.0 70.0 80.0 90.0 "
    "100.0 200.0 300.0 400.0 500.0 600.0 700.0 800.0 900.0 1000.0 1200.0 1400.0 1600.0 1800.0 2000.0 2500.0 3000.0"
)
TOKENS = (
    "100.0 300.0 500.0 700.0 1000.0 1500.0 2000.0 3000.0 4000.0 5000.0 6000.0 7000.0 8000.0 9000.0 10000.0 12500.0 "
    "15000.0 17500.0 20000.0 22500.0 25000.0 27500.0 30000.0 35000.0 40000.0 60000.0 80000.0 100000.0 200000.0 "
    "300000.0 400000.0 600000.0 800000.0 1e+06 1.1e+06"
)
HISTOGRAMS = {
    "time_to_first_token_seconds": (STREAMED, TTFT),
    "e2e_request_latency_seconds": (STREAMED, E2E),
    "request_time_per_output_token_seconds": (STREAMED, ITL),
    "inter_token_latency_seconds": (SERVED, ITL),
    "queue_time_seconds": (RANKED, QUEUE),
    "prompt_tokens_histogram": (SERVED, TOKENS),
    "uncached_prompt_tokens_histogram": (SERVED, TOKENS),
    "generation_tokens_histogram": (SERVED, TOKENS),
}


def scrape(client: httpx.Client) -> dict[str, Any]:
    """Families by name, without the prefix that all of them have."""
    text = client.get("/metrics", follow_redirects=True).text
    families = list(text_string_to_metric_families(text))
    assert all(family.name.startswith("sglang:") for family in families)
    return {family.name.removeprefix("sglang:"): family for family in families}


def value(client: httpx.Client, name: str, **labels: str) -> float:
    """Sum of the samples of one series which have these labels; 0 when there is none."""
    samples = [sample for family in scrape(client).values() for sample in family.samples]
    return sum(
        float(sample.value)
        for sample in samples
        if sample.name == f"sglang:{name}" and labels.items() <= sample.labels.items()
    )


@pytest.fixture
def busy(client: httpx.Client) -> dict[str, Any]:
    """A scrape after a few requests of each kind, one of which its client left."""
    for stream in (False, True, True):
        assert ask(client, stream=stream).status_code == 200
    leave(client)
    return scrape(client)


def ask(client: httpx.Client, **values: Any) -> httpx.Response:
    turns = [{"role": "user", "content": "hello world tell me a story"}]
    body = {"model": MODEL, "messages": turns, "max_tokens": 5, "ignore_eos": True, **values}
    return client.post("/v1/chat/completions", json=body)


def leave(client: httpx.Client) -> None:
    body = {"text": "hello", "stream": True, "sampling_params": {"max_new_tokens": 4000, "ignore_eos": True}}
    with posting(str(client.base_url), path="/generate", body=body) as connection:
        connection.recv(4096)


def labels_of(family: Any) -> set[str]:
    return {label for sample in family.samples for label in sample.labels if label != "le"}


def test_the_text_is_of_prometheus_first_format(client: httpx.Client) -> None:
    answer = client.get("/metrics", follow_redirects=True)
    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize("name", GAUGES)
def test_gauges_have_their_labels(busy: dict[str, Any], name: str) -> None:
    assert (busy[name].type, labels_of(busy[name])) == ("gauge", GAUGES[name])


@pytest.mark.parametrize("name", COUNTERS)
def test_counters_have_their_labels(busy: dict[str, Any], name: str) -> None:
    assert (busy[name].type, labels_of(busy[name])) == ("counter", COUNTERS[name])


@pytest.mark.parametrize("name", HISTOGRAMS)
def test_histograms_have_their_labels_and_buckets(busy: dict[str, Any], name: str) -> None:
    labels, bounds = HISTOGRAMS[name]
    family = busy[name]
    assert (family.type, labels_of(family)) == ("histogram", labels)
    found = dict.fromkeys(float(sample.labels["le"]) for sample in family.samples if "le" in sample.labels)
    assert list(found) == [*map(float, bounds.split()), float("inf")]


def test_all_series_carry_the_served_name(busy: dict[str, Any]) -> None:
    for family in busy.values():
        for sample in family.samples:
            assert sample.labels.get("model_name", MODEL) == MODEL
            assert sample.labels.get("engine_type", "unified") == "unified"


@pytest.mark.parametrize("stream", [False, True])
def test_a_request_is_counted_by_its_tokens(client: httpx.Client, *, stream: bool) -> None:
    kind = {"is_streaming": str(stream).lower()}
    names = ("num_requests_total", "generation_tokens_total", "time_to_first_token_seconds_count")
    before = [value(client, name, **kind) for name in names]
    ask(client, stream=stream)
    after = [value(client, name, **kind) for name in names]
    assert [b - a for a, b in zip(before, after, strict=True)] == [1, 5, 1]


def test_cached_tokens_are_counted_by_their_source(client: httpx.Client) -> None:
    ask(client)
    before = value(client, "cached_tokens_total", cache_source="device")
    usage = ask(client).json()["usage"]
    cached = usage["prompt_tokens_details"]["cached_tokens"]
    assert value(client, "cached_tokens_total", cache_source="device") - before == cached > 0


def test_requests_and_responses_are_counted_by_path(client: httpx.Client) -> None:
    ask(client)
    client.get("/v1/models/nope")
    assert value(client, "http_requests_total", endpoint="/v1/chat/completions", method="POST") >= 1
    assert value(client, "http_responses_total", endpoint="/v1/models/{model:path}", status_code="404") >= 1


def test_a_client_that_leaves_ends_its_request(client: httpx.Client, target: Target) -> None:
    def running() -> float:
        return float(client.get("/v1/loads?include=core").json()["loads"][0]["num_running_reqs"])

    before = value(client, "num_aborted_requests_total")
    body = {"text": "hello", "stream": True, "sampling_params": {"max_new_tokens": 8000, "ignore_eos": True}}
    with posting(target.url, path="/generate", body=body) as connection:
        connection.recv(4096)
        eventually(lambda: running() == 1, seconds=10, target=target)
    eventually(lambda: running() == 0, seconds=5, target=target)
    eventually(_is(client, before + 1), seconds=5, target=target)


def _is(client: httpx.Client, aborted: float) -> Callable[[], bool]:
    return lambda: value(client, "num_aborted_requests_total") == aborted
