"""The real sglang-router between the edge and simulated replicas, through its life in the host runtime."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import httpx
import pytest

from generator.host.packages import ensure_runtime
from tests.deployments import Deployment, deployed
from tests.e2e.clients import chat, stream, text_of, unhealthy_targets
from tests.eventually import eventually
from tests.ports import free_ports

pytestmark = pytest.mark.host

REPLICAS = 3
UNKNOWN = count()


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    ensure_runtime("host", say=print)
    ports = free_ports(5 + REPLICAS)
    spec = {
        "name": "test-router",
        "runtime": "host",
        "engine": "simulator",
        "routing": "sglang-router",
        "port": ports[0],
        "replica_port": ports[5],
        "replicas": REPLICAS,
        "router": {"port": ports[3], "metrics_port": ports[4]},
        "monitoring": {"prometheus_port": ports[1], "edge_metrics_port": ports[2]},
        "simulator": {"startup_seconds": 0.1},
    }
    with deployed(Deployment(tmp_path_factory.mktemp("router"), spec)) as made:
        made.up()
        yield made


def generations(stack: Deployment) -> list[int]:
    """Chats that each replica has begun."""
    first = stack.spec["replica_port"]
    return [
        _chats(httpx.get(f"http://127.0.0.1:{first + number}/metrics").text) for number in range(REPLICAS)
    ]


def _chats(metrics: str) -> int:
    lines = [line for line in metrics.splitlines() if line.startswith("sglang:http_requests_total")]
    return sum(int(float(line.rsplit(" ", 1)[1])) for line in lines if "/v1/chat/completions" in line)


def together(stack: Deployment, texts: Sequence[str]) -> list[httpx.Response]:
    """Asked at the same time: of what is asked one by one, the router sends all to the first replica."""
    with ThreadPoolExecutor(len(texts)) as pool:
        return list(pool.map(lambda text: chat(stack.url, text, model="simulated", max_tokens=32), texts))


def all_answered(stack: Deployment) -> bool:
    """Of texts that are new each time: a known one goes to the replica that has it, whichever else is back."""
    answers = together(stack, [f"{next(UNKNOWN)} something of its own" for _ in range(4 * REPLICAS)])
    return all(answer.status_code == 200 for answer in answers)


def cached(stack: Deployment, *, conversations: int, turns: int, salt: str) -> float:
    """Share of the prompts' tokens that came from a cache, over conversations that grow."""
    prompts = known = 0
    texts = [f"{salt} {number} " + "word " * 60 for number in range(conversations)]
    for turn in range(turns):
        for answer in together(stack, [text + "and more " * 10 * turn for text in texts]):
            usage = answer.json()["usage"]
            prompts += usage["prompt_tokens"]
            known += (usage["prompt_tokens_details"] or {}).get("cached_tokens") or 0
    return known / prompts


def test_a_chat_and_a_stream_come_through_it(stack: Deployment) -> None:
    answer = chat(stack.url, model="simulated")
    assert (answer.status_code, answer.headers["X-Replica"]) == (200, "router")
    assert len(answer.headers.get_list("X-Request-Id")) == 1
    assert text_of(stream(stack.url, model="simulated"))


def test_it_uses_every_replica(stack: Deployment) -> None:
    assert all_answered(stack)
    assert all(generations(stack))


def test_prometheus_sees_it_and_every_replica(stack: Deployment) -> None:
    url = f"http://127.0.0.1:{stack.spec['monitoring']['prometheus_port']}"
    eventually(lambda: unhealthy_targets(url) == [], "a target is not up")
    query = {"query": 'sum(smg_worker_health{job="router"})'}

    def healthy() -> list[str]:
        found = httpx.get(f"{url}/api/v1/query", params=query).json()["data"]["result"]
        return [each["value"][1] for each in found]

    eventually(lambda: healthy() == [str(REPLICAS)], "the router's figures are not there")


def test_only_open_routes_reach_it(stack: Deployment) -> None:
    assert httpx.post(f"{stack.url}/workers", json={"url": "http://127.0.0.1:1"}).status_code == 404
    assert httpx.post(f"{stack.url}/flush_cache").status_code == 404


def test_a_replica_that_dies_is_left_out_until_it_is_back(stack: Deployment) -> None:
    stack.kill("replica-0")
    eventually(lambda: all_answered(stack), "requests still fail")
    eventually(lambda: stack.status()["replica-0"]["phase"] == "ready", "the replica is not back")
    before = generations(stack)[0]
    eventually(lambda: all_answered(stack) and generations(stack)[0] > before, "it is not used again")


def test_when_it_dies_it_is_back_at_once_and_knows_its_replicas(stack: Deployment) -> None:
    stack.kill("router")
    eventually(lambda: all_answered(stack), "requests still fail")
    eventually(lambda: stack.status()["router"]["phase"] == "ready", "the router is not back")
    assert stack.status()["router"]["restarts"] == 1


def test_conversations_are_found_in_more_caches_than_without_it(stack: Deployment) -> None:
    routed = cached(stack, conversations=5, turns=4, salt="routed")
    stack.edit(routing="least_conn")
    said = stack.up()
    assert "retire router: no longer part of the deployment" in said
    assert "recreate replica" not in said
    balanced = cached(stack, conversations=5, turns=4, salt="balanced")
    assert routed > 1.3 * balanced
