"""The real Dynamo over prefill and decode workers, which are its mocker: both are needed, and either comes back."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from generator.host.packages import ensure_runtime
from tests.deployments import Deployment, deployed
from tests.e2e.clients import chat, stream, text_of
from tests.eventually import eventually
from tests.ports import free_ports

pytestmark = pytest.mark.host

MODEL = "simulated"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    ensure_runtime("host", say=print)
    ports = free_ports(14)
    spec = {
        "name": "dynamo-apart",
        "runtime": "host",
        "engine": "simulator",
        "routing": "dynamo",
        "topology": "disaggregated",
        "prefill": {"replicas": 2},
        "decode": {"replicas": 1},
        "disaggregation": {"bootstrap_port": ports[10]},
        "port": ports[0],
        "replica_port": ports[4],
        "monitoring": {"prometheus_port": ports[1], "edge_metrics_port": ports[2]},
        "dynamo": {"port": ports[3], "kv_events_port": ports[7]},
        "simulator": {"startup_seconds": 0.1},
        "startup_timeout": 180,
    }
    with deployed(Deployment(tmp_path_factory.mktemp("dynamo-apart"), spec)) as made:
        made.up()
        yield made


def all_answer(stack: Deployment) -> bool:
    return all(chat(stack.url, str(number), model=MODEL).status_code == 200 for number in range(6))


def requests_at(stack: Deployment, number: int) -> float:
    """Generations that worker `number` was asked for."""
    text = httpx.get(f"http://127.0.0.1:{stack.spec['replica_port'] + number}/metrics").text
    lines = [line for line in text.splitlines() if line.startswith("dynamo_component_requests_total{")]
    return sum(float(line.rsplit(" ", 1)[1]) for line in lines if 'dynamo_endpoint="generate"' in line)


def test_a_request_takes_a_prefill_and_a_decode_worker(stack: Deployment) -> None:
    before = [requests_at(stack, number) for number in range(3)]
    assert chat(stack.url, "Say hello.", model=MODEL).status_code == 200
    chunks = stream(stack.url, model=MODEL)
    assert text_of(chunks)
    more = [requests_at(stack, number) - begun for number, begun in enumerate(before)]
    assert more[0] + more[1] == more[2] == 2


@pytest.mark.parametrize("service", ["prefill-0", "decode-0", "router"])
def test_whichever_dies_the_endpoint_comes_back(stack: Deployment, service: str) -> None:
    stack.kill(service)
    assert chat(stack.url, "too early", model=MODEL).status_code in (200, 404, 500, 502, 503)
    eventually(lambda: all_answer(stack), "the endpoint is not back", seconds=90)
    eventually(lambda: stack.status()[service]["phase"] == "ready", f"{service} is not back")
