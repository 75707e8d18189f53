"""The embedded default through its life, without Docker: simulated replicas, NGINX and Prometheus as processes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from generator.host.packages import ensure_runtime
from generator.runtime.processes import running
from generator.runtime.supervisord import Supervisord
from tests.deployments import Deployment, deployed, operations
from tests.e2e.clients import answered_by, stream, text_of, unhealthy_targets, wait_until_all_answer
from tests.eventually import eventually
from tests.ports import free_ports

pytestmark = pytest.mark.host


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    ensure_runtime("host", say=print)
    ports = free_ports(6)
    spec = {
        "name": "test-embedded",
        "runtime": "host",
        "port": ports[0],
        "replica_port": ports[3],
        "monitoring": {"prometheus_port": ports[1], "edge_metrics_port": ports[2]},
    }
    with deployed(Deployment(tmp_path_factory.mktemp("embedded"), spec)) as made:
        yield made


def test_without_gpu_and_docker_two_simulated_replicas_answer(shared: Deployment) -> None:
    assert "a chat request was answered by replica-" in shared.up()
    wait_until_all_answer(shared.url, {"replica-0", "replica-1"})


def test_a_stream_arrives_in_chunks(stack: Deployment) -> None:
    chunks = stream(stack.url)
    assert len(chunks) > 4
    assert text_of(chunks)


def test_prometheus_sees_every_target(stack: Deployment) -> None:
    url = f"http://127.0.0.1:{stack.spec['monitoring']['prometheus_port']}"
    eventually(lambda: unhealthy_targets(url) == [], "a target is not up")


def test_a_second_up_does_nothing(stack: Deployment) -> None:
    before = stack.status()
    assert "nothing to do" in stack.up()
    assert stack.status() == before


def test_a_replica_that_dies_returns_and_the_endpoint_never_leaves(stack: Deployment) -> None:
    stack.kill("replica-0")
    answered_by(stack.url, requests=4)
    eventually(lambda: stack.status()["replica-0"]["phase"] == "ready", "the replica is not back")
    eventually(lambda: "replica-0" in answered_by(stack.url, requests=4), "the edge does not use it again")


def test_a_replica_that_was_just_told_to_end_is_started_again(stack: Deployment) -> None:
    with Supervisord(stack.directory).calls() as rpc:
        rpc.stopProcess("replica-1", False)
    assert operations(stack.up()) == ["start replica-1: not running"]
    assert stack.status()["replica-1"]["phase"] == "ready"


def test_an_edit_changes_only_what_it_touches(stack: Deployment) -> None:
    stack.edit(replicas=[{}, {"context_length": 4096}])
    assert operations(stack.up()) == ["recreate replica-1: command added: --context-length 4096"]


def test_down_leaves_no_process(stack: Deployment) -> None:
    before = Supervisord(stack.directory).session()
    done = stack.run("down")
    assert done.returncode == 0, done.stdout
    assert running(before) == ()
