"""The Compose file that a GPU server gets, started as it is: the engine's nvidia runtime is simulated."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from generator.errors import StartError
from generator.facts import Gpu, HostFacts
from generator.host.collect import Inquiry, collect
from tests.deployments import Deployment, environment, operations
from tests.docker.engine import Engine
from tests.docker.runtime.gpus import NAME, UUIDS
from tests.e2e.clients import unhealthy_targets, wait_until_all_answer
from tests.e2e.conftest import Compose
from tests.eventually import eventually

UNLIMITED = 2**64 - 1
Host = Callable[..., HostFacts]


@pytest.fixture
def deployment(compose: Compose, checkpoint: Path, request: pytest.FixtureRequest) -> Deployment:
    name = request.node.name.removeprefix("test_").replace("_", "-")
    made = compose(name, engine="sglang", checkpoint_path=str(checkpoint), served_model_name="tiny")
    made.edit(
        replicas=[{"gpus": [0]}, {"gpus": [1]}], monitoring=made.spec["monitoring"] | {"grafana": False}
    )
    return made


@pytest.fixture
def host(deployment: Deployment) -> Host:
    """This machine as it would look with GPUs of these UUIDs."""

    def facts(*uuids: str) -> HostFacts:
        inquiry = Inquiry(
            project=deployment.spec["name"], checkpoint=deployment.spec.get("checkpoint_path", "")
        )
        with environment(deployment.environment):
            found = collect(inquiry)
        gpus = tuple(Gpu(index, uuid, NAME, 80 << 30) for index, uuid in enumerate(uuids))
        docker = replace(found.docker, nvidia=True) if found.docker else None
        return replace(found, gpus=gpus, driver="580.95.05", cuda=(13, 0), docker=docker)

    return facts


def container(deployment: Deployment, service: str) -> str:
    return f"{deployment.spec['name']}-{service}-1"


def test_each_replica_has_its_gpu_and_no_other(
    deployment: Deployment, host: Host, docker_engine: Engine
) -> None:
    deployment.up_on(host(*UUIDS))
    wait_until_all_answer(deployment.url, {"replica-0", "replica-1"})
    for number in (0, 1):
        name = container(deployment, f"replica-{number}")
        asked = docker_engine.asked(name)
        assert asked.gpus == UUIDS[number]
        assert asked.rlimits["RLIMIT_MEMLOCK"] == (UNLIMITED, UNLIMITED)
        assert (
            docker_engine.docker("exec", name, "nvidia-smi", "-L") == f"GPU 0: {NAME} (UUID: {UUIDS[number]})"
        )


def test_what_tells_of_the_gpus_sees_those_in_use(
    deployment: Deployment, host: Host, docker_engine: Engine
) -> None:
    monitoring = deployment.spec["monitoring"] | {"grafana": True, "gpu_metrics": True, "tracing": True}
    deployment.edit(replicas=[{"gpus": [3]}], monitoring=monitoring)
    deployment.up_on(host(*UUIDS))
    assert docker_engine.asked(container(deployment, "gpu-exporter")).gpus == UUIDS[3]
    url = f"http://127.0.0.1:{monitoring['prometheus_port']}"
    eventually(lambda: unhealthy_targets(url) == [], "a target is not up")


def test_an_edit_moves_one_replica_to_another_gpu(
    deployment: Deployment, host: Host, docker_engine: Engine
) -> None:
    deployment.up_on(host(*UUIDS))
    deployment.edit(replicas=[{"gpus": [0]}, {"gpus": [5]}])
    first, *rest = operations(deployment.up_on(host(*UUIDS)))
    assert first == (
        f"recreate replica-1: deploy resources reservations devices device_ids: {UUIDS[1]} -> {UUIDS[5]}"
    )
    # Prometheus labels a replica with its GPUs.
    assert rest == ["reload prometheus: prometheus/prometheus.yml changed"]
    assert docker_engine.asked(container(deployment, "replica-1")).gpus == UUIDS[5]


def test_a_gpu_that_the_engine_does_not_have(deployment: Deployment, host: Host) -> None:
    with pytest.raises(StartError, match="cause: this host has no GPU GPU-gone"):
        deployment.up_on(host(UUIDS[0], "GPU-gone"))


def test_weights_are_fetched_once_and_before_any_replica_starts(
    deployment: Deployment, host: Host, docker_engine: Engine
) -> None:
    deployment.edit(hf_model_handle="acme/tiny", checkpoint_path=None)
    output = deployment.up_on(host(*UUIDS))
    assert operations(output)[0] == "create prefetch: not there"
    assert deployment.status()["prefetch"]["phase"] == "done"
    assert operations(deployment.up_on(host(*UUIDS))) == []

    def ended(service: str, what: str) -> str:
        form = f"{{{{.State.{what}}}}}"
        return docker_engine.docker("inspect", "--format", form, container(deployment, service))

    assert ended("prefetch", "FinishedAt") < ended("replica-0", "StartedAt")
    model = json.loads((deployment.directory / "plan.json").read_text())["model"]["path"]
    written = docker_engine.try_docker("exec", container(deployment, "replica-0"), "touch", f"{model}/x")
    assert "Read-only file system" in written.stderr


def test_a_model_that_the_hub_does_not_have(
    deployment: Deployment, host: Host, docker_engine: Engine
) -> None:
    deployment.edit(hf_model_handle="acme/missing", checkpoint_path=None)
    with pytest.raises(StartError, match="cause: the hub has no such model"):
        deployment.up_on(host(*UUIDS))
    assert docker_engine.try_docker("inspect", container(deployment, "replica-0")).returncode == 1


def test_a_gated_model_needs_the_token_which_nobody_sees(
    deployment: Deployment, host: Host, docker_engine: Engine, tmp_path: Path
) -> None:
    deployment.edit(hf_model_handle="acme/gated", checkpoint_path=None)
    with pytest.raises(StartError, match="cause: the model is gated"):
        deployment.up_on(host(*UUIDS))
    token = tmp_path / "token"
    token.write_text("hf_secret\n")
    token.chmod(0o600)
    deployment.edit(hf_token_file=str(token))
    deployment.up_on(host(*UUIDS))
    for service in ("prefetch", "replica-0", "edge"):
        assert "hf_secret" not in docker_engine.docker("inspect", container(deployment, service))
