"""Two replicas of the real SGLang server, on CPU with a tiny random-weight Llama, behind the edge."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest

from generator.host.packages import ensure_runtime
from generator.parking.load import read_load
from tests.deployments import Deployment, deployed
from tests.e2e.clients import answered_by, chat, stream, text_of, unhealthy_targets, wait_until_all_answer
from tests.engines.installation import SglangCpu
from tests.eventually import eventually
from tests.generator.runtime.operated import plan
from tests.ports import free_ports

pytestmark = pytest.mark.host

# Long enough that most of it is a prefix which a second request finds in the cache.
PROMPT = "Once upon a time there was a gateway that knew every prompt by its first words. " * 4


@pytest.fixture(scope="module")
def output(stack: Deployment) -> str:
    return stack.up()


@pytest.fixture(scope="module")
def stack(sglang_cpu: SglangCpu, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    ensure_runtime("host", say=print)
    ports = free_ports(6)
    spec = {
        "name": "test-real",
        "runtime": "host",
        "engine": "sglang-cpu",
        "engine_python": str(sglang_cpu.python),
        "checkpoint_path": str(sglang_cpu.model),
        "served_model_name": "tiny-llama",
        "replicas": 2,
        "port": ports[0],
        "replica_port": ports[3],
        "monitoring": {"prometheus_port": ports[1], "edge_metrics_port": ports[2]},
        "startup_timeout": 300,
        # One thread each: the model is small, and two engines share the machine's cores.
        "env_vars": {"OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1"},
    }
    with deployed(Deployment(tmp_path_factory.mktemp("real"), spec)) as made:
        yield made


def test_up_follows_the_real_server_s_phases_and_ends_with_an_answer(output: str) -> None:
    assert "replica-0: starting" in output
    assert "replica-0: ready" in output
    assert "a chat request was answered by replica-" in output


def test_chat_is_answered_by_both_replicas(stack: Deployment, output: str) -> None:
    wait_until_all_answer(stack.url, {"replica-0", "replica-1"})


def test_a_stream_arrives_in_chunks_and_ends_with_its_usage(stack: Deployment, output: str) -> None:
    chunks = stream(stack.url, model="tiny-llama", ignore_eos=True)
    assert len(chunks) > 4
    assert text_of(chunks)
    assert chunks[-1]["usage"]["completion_tokens"] == 8


def test_a_repeated_prompt_is_found_in_the_prefix_cache(stack: Deployment, output: str) -> None:
    def cached() -> int:
        usage = chat(stack.url, PROMPT, model="tiny-llama").json()["usage"]
        return int((usage["prompt_tokens_details"] or {}).get("cached_tokens", 0))

    # Two replicas: the third of three requests meets one of them for the second time.
    assert max(cached() for _ in range(3)) > 0


def test_prometheus_sees_every_target(stack: Deployment, output: str) -> None:
    url = f"http://127.0.0.1:{stack.spec['monitoring']['prometheus_port']}"
    eventually(lambda: unhealthy_targets(url) == [], "a target is not up")


def test_streams_through_the_edge_are_as_the_engine_sends_them(stack: Deployment, output: str) -> None:
    result = json.loads(stack.run("verify-edge", "--json").stdout)
    # Engines that share their cores with the measurement leave nothing to be said about times.
    timing = ("came together", "came at once", "first token took", "between tokens")
    assert [finding for finding in result["findings"] if not any(part in finding for part in timing)] == []
    assert result["edge"]["streams"] == result["direct"]["streams"]
    assert result["wire"] == {"requests": result["edge"]["streams"], "versions": ["HTTP/1.1"]}


def test_an_engine_is_parked_when_its_streams_have_ended(stack: Deployment, output: str) -> None:
    wanted: dict[str, Any] = {"model": "tiny-llama", "ignore_eos": True, "max_tokens": 200}
    last = plan(stack).replicas[1:]
    # Where a conversation is put is the edge's business: of sixteen, some are on the replica that is parked.
    with ThreadPoolExecutor(16) as pool:
        streams = [pool.submit(stream, stack.url, f"{uuid4()} {PROMPT}", **wanted) for _ in range(16)]
        eventually(lambda: read_load(last).open > 0, "no stream is on the replica to park")
        parked = stack.run("park")
        assert parked.returncode == 0, parked.stdout
        ends = [each.result()[-1]["usage"]["completion_tokens"] for each in streams]
    assert ends == [200] * 16
    assert stack.status()["replica-1"]["phase"] == "parked"
    assert answered_by(stack.url, requests=2) == {"replica-0"}


def test_down_ends_the_engines_and_their_children(stack: Deployment, output: str) -> None:
    done = stack.run("down")
    assert done.returncode == 0, done.stdout
    assert {row["phase"] for row in stack.status().values()} == {"stopped"}
