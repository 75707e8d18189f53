"""The real Dynamo behind the edge, with its mocker as workers, through its life in the host runtime."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from generator.host.packages import ensure_runtime
from generator.runtime.processes import running
from generator.runtime.supervisord import Supervisord
from tests.deployments import Deployment, deployed
from tests.e2e.clients import chat, stream, text_of
from tests.eventually import eventually
from tests.ports import free_ports

pytestmark = pytest.mark.host

MODEL = "simulated"
ETCD_GONE_SECONDS = 20
"""Without etcd for that long Dynamo's processes end: their leases are over."""


def spec(name: str, store: str) -> dict[str, Any]:
    ports = free_ports(14)
    return {
        "name": name,
        "runtime": "host",
        "engine": "simulator",
        "routing": "dynamo",
        "replicas": 2,
        "port": ports[0],
        "replica_port": ports[12],
        "monitoring": {"prometheus_port": ports[1], "edge_metrics_port": ports[2]},
        "dynamo": {
            "store": store,
            "port": ports[3],
            "etcd_port": ports[4],
            "nats_port": ports[6],
            "kv_events_port": ports[8],
        },
        "simulator": {"startup_seconds": 0.1},
        "startup_timeout": 180,
    }


@pytest.fixture(scope="module", params=["file", "etcd"])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    ensure_runtime("host", say=print)
    name = f"dynamo-{request.param}"
    with deployed(Deployment(tmp_path_factory.mktemp(name), spec(name, request.param))) as made:
        made.up()
        yield made


def ask(stack: Deployment, text: str, **body: Any) -> httpx.Response:
    return chat(stack.url, text, model=MODEL, **body)


def answers(stack: Deployment, count: int = 6) -> bool:
    return all(ask(stack, f"question {number}").status_code == 200 for number in range(count))


def value(stack: Deployment, metric: str) -> float:
    """The sum over its labels, at the frontend."""
    text = httpx.get(f"http://127.0.0.1:{stack.spec['dynamo']['port']}/metrics").text
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith(f"{metric}{{"))


def known_to_prometheus(stack: Deployment, query: str) -> list[float]:
    url = f"http://127.0.0.1:{stack.spec['monitoring']['prometheus_port']}/api/v1/query"
    result = httpx.get(url, params={"query": query}).json()["data"]["result"]
    return [float(series["value"][1]) for series in result]


def test_a_chat_and_a_stream_come_through_the_edge(stack: Deployment) -> None:
    answer = ask(stack, "Say hello.")
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Replica"] == "router"
    assert len(answer.headers.get_list("X-Request-Id")) == 1
    assert answer.json()["choices"][0]["message"]["content"].strip()
    chunks = stream(stack.url, model=MODEL)
    assert len(chunks) > 4
    assert text_of(chunks)


def test_what_is_cached_decides_where_a_prompt_goes(stack: Deployment) -> None:
    prompt = "A long beginning that all of them share. " * 40
    before = value(stack, "dynamo_component_router_kv_selected_cached_prefix_tokens_total")
    answered = [ask(stack, f"{prompt} {number}") for number in range(4)]
    assert {answer.status_code for answer in answered} == {200}
    cached = value(stack, "dynamo_component_router_kv_selected_cached_prefix_tokens_total") - before
    sent = sum(answer.json()["usage"]["prompt_tokens"] for answer in answered[1:])
    assert cached > 0.8 * sent


def test_prometheus_sees_frontend_and_workers(stack: Deployment) -> None:
    aside = 1 if stack.spec["dynamo"]["store"] == "etcd" else 0
    eventually(lambda: known_to_prometheus(stack, "up") == [1.0] * (5 + aside), "a target is not up")
    eventually(
        lambda: bool(known_to_prometheus(stack, "sum(dynamo_frontend_requests_total)")),
        "the frontend's metrics are not there",
    )


def test_an_unknown_path_is_closed_at_the_edge(stack: Deployment) -> None:
    assert httpx.get(f"{stack.url}/metrics").status_code == 404
    assert httpx.post(f"{stack.url}/busy_threshold", json={}).status_code == 404


def test_a_second_up_does_nothing(stack: Deployment) -> None:
    assert "nothing to do" in stack.up()


def test_a_worker_that_dies_is_left_out_and_returns(stack: Deployment) -> None:
    stack.kill("replica-0")
    eventually(lambda: answers(stack), "the other worker does not answer")
    eventually(lambda: stack.status()["replica-0"]["phase"] == "ready", "the worker is not back")


def test_a_frontend_that_dies_returns_and_finds_the_workers(stack: Deployment) -> None:
    stack.kill("router")
    assert ask(stack, "too early").status_code in (200, 502, 503)
    eventually(lambda: answers(stack), "the endpoint is not back")


def test_etcd_may_be_gone_for_longer_than_a_lease(stack: Deployment) -> None:
    if stack.spec["dynamo"]["store"] == "file":
        assert "etcd" not in stack.status()
        return
    with Supervisord(stack.directory).calls() as rpc:
        rpc.stopProcess("etcd")
        eventually(
            lambda: rpc.getProcessInfo("router")["start"] > rpc.getProcessInfo("etcd")["stop"],
            "the frontend outlives its lease",
            seconds=6 * ETCD_GONE_SECONDS,
        )
        rpc.startProcess("etcd")
    eventually(lambda: answers(stack), "the endpoint is not back", seconds=120)


def test_down_leaves_nothing_that_runs(stack: Deployment) -> None:
    before = Supervisord(stack.directory).session()
    done = stack.run("down")
    assert done.returncode == 0, done.stdout
    assert running(before) == ()
