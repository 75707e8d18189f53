"""The engines' counters, from /metrics or from Prometheus."""

from __future__ import annotations

from loadtest.run.counters import read_counters, summed
from loadtest.run.target import Target
from tests.stub_http import Reply, Request, stub_server

METRICS = """
# TYPE sglang:prompt_tokens_total counter
sglang:prompt_tokens_total{is_streaming="true",model_name="m"} 100.0
sglang:prompt_tokens_total{is_streaming="false",model_name="m"} 20.0
# TYPE sglang:cached_tokens_total counter
sglang:cached_tokens_total{cache_source="device",model_name="m"} 30.0
# TYPE sglang:num_running_reqs gauge
sglang:num_running_reqs{model_name="m"} 3.0
"""
SUMS = {"sglang:prompt_tokens_total": 120.0, "sglang:cached_tokens_total": 30.0}


def test_counters_are_summed_over_their_labels_and_gauges_left_out() -> None:
    assert summed(METRICS) == SUMS


def test_replicas_are_asked_themselves() -> None:
    with stub_server(lambda _: Reply(body=METRICS)) as address:
        target = Target(
            "http://edge", "m", metrics={"a": f"http://{address}/metrics", "b": f"http://{address}/metrics"}
        )
        assert read_counters(target) == {"a": SUMS, "b": SUMS}


def prometheus(request: Request) -> Reply:
    if not request.path.startswith("/api/v1/query?query="):
        return Reply(status=404)
    series = [
        {"metric": {"__name__": name, "replica": "replica-0"}, "value": [0, str(value)]}
        for name, value in SUMS.items()
    ]
    return Reply(body={"status": "success", "data": {"resultType": "vector", "result": series}})


def test_prometheus_is_asked_where_a_replica_is_out_of_reach() -> None:
    with stub_server(prometheus) as address:
        metrics = {"replica-0": f"http://{address}/metrics"}
        target = Target("http://edge", "m", metrics=metrics, prometheus=f"http://{address}")
        assert read_counters(target) == {"replica-0": SUMS}


def test_counters_nobody_has_are_no_error() -> None:
    with stub_server(lambda _: Reply(status=404)) as address:
        target = Target("http://edge", "m", metrics={"engine": f"http://{address}/metrics"})
        assert read_counters(target) == {}
