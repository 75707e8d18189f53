"""A prefill and a decode replica behind the real sglang-router, through their life in the host runtime."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from generator.host.packages import ensure_runtime
from generator.runtime.supervisord import Supervisord
from tests.deployments import Deployment, deployed, operations
from tests.e2e.clients import chat, stream, text_of, unhealthy_targets
from tests.eventually import eventually
from tests.ports import free_ports
from tests.simulator.receiver import Receiver, receiving

pytestmark = pytest.mark.host

PAIR = ("prefill-0", "decode-0")


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[Deployment]:
    ensure_runtime("host", say=print)
    ports = free_ports(8)
    spec = {
        "name": "test-pair",
        "runtime": "host",
        "engine": "simulator",
        "topology": "disaggregated",
        "port": ports[0],
        "replica_port": ports[6],
        "disaggregation": {"bootstrap_port": ports[5]},
        "router": {"port": ports[3], "metrics_port": ports[4]},
        "monitoring": {"prometheus_port": ports[1], "edge_metrics_port": ports[2]},
        "simulator": {"startup_seconds": 0.1},
        "extra_args": ["--enable-trace", "--otlp-traces-endpoint", receiver.url],
        "env_vars": {"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL": "http/protobuf"},
    }
    with deployed(Deployment(tmp_path_factory.mktemp("pair"), spec)) as made:
        made.up()
        yield made


def series(stack: Deployment, replica: str, name: str) -> float:
    """Sum of one series of a replica."""
    port = stack.spec["replica_port"] + PAIR.index(replica)
    lines = httpx.get(f"http://127.0.0.1:{port}/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"sglang:{name}{{"))


def answers(stack: Deployment) -> bool:
    return chat(stack.url, model="simulated").status_code == 200


def test_a_chat_and_a_stream_come_through_both(stack: Deployment) -> None:
    before = [series(stack, replica, "generation_tokens_total") for replica in PAIR]
    answer = chat(stack.url, model="simulated").json()
    assert answer["usage"]["completion_tokens"] == 8
    assert text_of(stream(stack.url, model="simulated"))
    after = [series(stack, replica, "generation_tokens_total") for replica in PAIR]
    assert [more - was for was, more in zip(before, after, strict=True)] == [2, 16]


def test_a_trace_of_the_client_goes_on_in_both(stack: Deployment, receiver: Receiver) -> None:
    trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
    body = {"model": "simulated", "prompt": "a", "max_tokens": 4}
    assert httpx.post(f"{stack.url}/v1/completions", json=body, headers=headers).status_code == 200
    # Each of the two has a request, its scheduler and three stages.
    eventually(lambda: receiver.spans(trace) == 10, "not all spans of the pair came")


def test_a_repeated_prompt_is_computed_once(stack: Deployment) -> None:
    prompt = "one and the same " * 20
    first, second = (chat(stack.url, prompt, model="simulated").json()["usage"] for _ in range(2))
    cached = [usage["prompt_tokens_details"]["cached_tokens"] for usage in (first, second)]
    assert cached[0] < cached[1] == second["prompt_tokens"] - 1


def test_the_first_token_is_timed_where_answers_are_made(stack: Deployment) -> None:
    counted = [series(stack, replica, "time_to_first_token_seconds_count") for replica in PAIR]
    assert counted[0] == 0
    assert counted[1] > 0


def test_prometheus_knows_the_roles(stack: Deployment) -> None:
    url = f"http://127.0.0.1:{stack.spec['monitoring']['prometheus_port']}"
    eventually(lambda: unhealthy_targets(url) == [], "a target is not up")
    targets = httpx.get(f"{url}/api/v1/targets").json()["data"]["activeTargets"]
    roles = {
        target["labels"]["replica"]: target["labels"].get("role")
        for target in targets
        if "role" in target["labels"]
    }
    assert roles == {"prefill-0": "prefill", "decode-0": "decode"}


@pytest.mark.parametrize("service", [*PAIR, "router"])
def test_the_service_goes_on_after_one_of_them_died(stack: Deployment, service: str) -> None:
    stack.kill(service)
    eventually(lambda: answers(stack), "requests still fail")
    eventually(lambda: stack.status()[service]["phase"] == "ready", f"{service} is not back")
    assert stack.status()[service]["restarts"] == 1
    assert answers(stack)


def test_streams_go_on_when_their_prompt_replica_dies(stack: Deployment) -> None:
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(stream, stack.url, model="simulated", max_tokens=400)
        eventually(lambda: series(stack, "decode-0", "num_running_reqs") == 1, "no stream has begun")
        stack.kill("prefill-0")
        assert running.result()[-1]["usage"]["completion_tokens"] == 400
    eventually(lambda: answers(stack), "requests still fail")


def test_while_one_is_missing_clients_are_told_to_come_back(stack: Deployment) -> None:
    with Supervisord(stack.directory).calls() as rpc:
        rpc.stopProcess("decode-0")

        def told() -> bool:
            answer = chat(stack.url, model="simulated")
            return (answer.status_code, answer.headers.get("Retry-After")) == (503, "5")

        eventually(told, "the router does not notice")
        rpc.startProcess("decode-0")
    eventually(lambda: answers(stack), "requests still fail")


def test_the_router_that_continues_it_serves_them_too(stack: Deployment) -> None:
    stack.edit(router={**stack.spec["router"], "program": "smg"})
    assert "recreate router" in stack.up()
    assert answers(stack)
    assert text_of(stream(stack.url, model="simulated"))


def test_both_are_made_anew_together(stack: Deployment) -> None:
    stack.edit(decode={"extra_args": "--max-running-requests 32"})
    made = operations(stack.up())
    assert [line.split(":")[0] for line in made if not line.startswith("reload")] == [
        "recreate decode-0",
        "recreate prefill-0",
    ]
    assert answers(stack)


def test_back_to_unified_replicas_in_one_step(stack: Deployment) -> None:
    for key in ("decode", "disaggregation"):
        stack.edit(**{key: None})
    stack.edit(topology="unified", replicas=2)
    stack.up()
    assert set(stack.status()) == {"replica-0", "replica-1", "edge", "prometheus"}
    # They take the pair's ports: none began before those were free.
    assert {row["restarts"] for row in stack.status().values()} == {0}
    assert answers(stack)
