"""A Compose deployment through its life: real engine, real NGINX, real Prometheus, simulated replicas.

One deployment for the module; every test begins from the same spec, brought up again where a test changed it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest

from generator.cli.deployment import Deployment as Resolved
from generator.cli.deployment import Request, resolve
from generator.cli.up import up
from generator.plan.serial import plan_from_json, plan_json
from tests.deployments import Deployment, environment, operations
from tests.docker.engine import Engine
from tests.e2e.clients import answered_by, stream, text_of, unhealthy_targets, wait_until_all_answer
from tests.e2e.conftest import Compose
from tests.e2e.remains import containers, left
from tests.eventually import eventually

# Test runs may share the engine.
PROJECT = f"test-lifecycle-{os.getpid()}"
SERVICES = ["replica-0", "replica-1", "edge", "prometheus", "grafana"]


@pytest.fixture(scope="module")
def shared(lasting_compose: Compose) -> Deployment:
    return lasting_compose(PROJECT)


def started(stack: Deployment, *services: str) -> dict[str, str]:
    status = stack.status()
    return {service: status[service]["since"] for service in services}


def test_a_first_up_says_what_it_does_and_ends_with_an_answer(shared: Deployment) -> None:
    output = shared.up()
    assert [line for line in operations(output) if not line.startswith("build")] == [
        f"create {service}: not there" for service in SERVICES
    ]
    assert "a chat request was answered by replica-" in output
    assert f"endpoint  {shared.url}/v1" in output
    assert {row["phase"] for row in shared.status().values()} == {"ready"}


def test_chat_is_answered_by_both_replicas(stack: Deployment) -> None:
    wait_until_all_answer(stack.url, {"replica-0", "replica-1"})


def test_a_stream_arrives_in_chunks_and_ends_with_its_usage(stack: Deployment) -> None:
    chunks = stream(stack.url)
    assert len(chunks) > 4
    assert text_of(chunks)
    assert chunks[-1]["usage"]["completion_tokens"] == 8


def test_prometheus_sees_every_target(stack: Deployment) -> None:
    url = f"http://127.0.0.1:{stack.spec['monitoring']['prometheus_port']}"
    eventually(lambda: unhealthy_targets(url) == [], "a target is not up")


def test_a_second_up_does_nothing(stack: Deployment, docker_engine: Engine) -> None:
    before = containers(docker_engine, PROJECT)
    output = stack.up()
    assert "nothing to do" in output
    assert operations(output) == []
    assert containers(docker_engine, PROJECT) == before


def test_only_the_edge_and_what_watches_it_are_published_and_only_on_loopback(
    stack: Deployment, docker_engine: Engine
) -> None:
    published = {}
    for service, container in containers(docker_engine, PROJECT).items():
        ports = json.loads(
            docker_engine.docker("inspect", "--format", "{{json .NetworkSettings.Ports}}", container)
        )
        published[service] = {binding["HostIp"] for found in ports.values() for binding in found or ()}
    assert published == {
        "replica-0": set(), "replica-1": set(),
        "edge": {"127.0.0.1"}, "prometheus": {"127.0.0.1"}, "grafana": {"127.0.0.1"},
    }  # fmt: skip


def test_a_replica_that_dies_returns_and_the_endpoint_never_leaves(
    stack: Deployment, docker_engine: Engine
) -> None:
    # PID 1 is an init that can't be killed from inside; it ends with the engine it runs.
    kill = "import os, signal; os.kill(-1, signal.SIGKILL)"
    docker_engine.try_docker("exec", f"{PROJECT}-replica-0-1", "python", "-c", kill)
    assert answered_by(stack.url, requests=4) <= {"replica-0", "replica-1"}
    eventually(lambda: stack.status()["replica-0"]["restarts"] == 1, "the restart is not counted")
    eventually(lambda: stack.status()["replica-0"]["phase"] == "ready", "the replica is not back")
    eventually(lambda: "replica-0" in answered_by(stack.url, requests=4), "the edge does not use it again")


def test_a_replica_that_was_removed_by_hand_is_made_again(stack: Deployment, docker_engine: Engine) -> None:
    docker_engine.docker("rm", "--force", f"{PROJECT}-replica-1-1")
    assert operations(stack.up()) == ["create replica-1: not there"]
    eventually(lambda: "replica-1" in answered_by(stack.url, requests=4), "the edge does not use it again")


def test_a_replica_that_was_stopped_by_hand_is_started(stack: Deployment, docker_engine: Engine) -> None:
    docker_engine.docker("kill", f"{PROJECT}-replica-1-1")
    assert stack.status()["replica-1"]["phase"] == "failed"
    assert operations(stack.up()) == ["start replica-1: not running"]


def test_an_edit_changes_only_what_it_touches(stack: Deployment) -> None:
    others = started(stack, "replica-0", "edge", "prometheus", "grafana")
    stack.edit(replicas=[{}, {"env_vars": {"FOO": "a"}}])
    assert operations(stack.up()) == ["recreate replica-1: environment added: {'FOO': 'a'}"]
    stack.edit(replicas=[{}, {"env_vars": {"FOO": "b"}}])
    assert operations(stack.up()) == ["recreate replica-1: environment FOO: a -> b"]
    assert started(stack, *others) == others


def test_replicas_come_and_go_while_the_edge_keeps_running(stack: Deployment, docker_engine: Engine) -> None:
    edge = started(stack, "edge")
    stack.edit(replicas=3)
    assert [line.split(":")[0] for line in operations(stack.up())] == [
        "create replica-2", "reload edge", "reload prometheus",
    ]  # fmt: skip
    wait_until_all_answer(stack.url, {"replica-0", "replica-1", "replica-2"})
    stack.edit(replicas=2)
    assert operations(stack.up())[-1] == "retire replica-2: no longer part of the deployment"
    assert "replica-2" not in containers(docker_engine, PROJECT)
    assert started(stack, "edge") == edge


def test_a_replica_with_a_new_address_is_found_by_the_edge(stack: Deployment) -> None:
    edge = started(stack, "edge")
    with environment(stack.environment):
        moved = with_new_address(stack)
        out = StringIO()
        up(moved, out=out)
        new = moved.plan.replicas[1].address
    assert [line.split(":")[0] for line in operations(out.getvalue())] == [
        "remove replica-1", "create replica-1", "reload edge", "reload prometheus",
    ]  # fmt: skip
    assert f"-> {new}" in out.getvalue()
    eventually(lambda: "replica-1" in answered_by(stack.url, requests=6), "the edge does not use it again")
    assert started(stack, "edge") == edge


def with_new_address(stack: Deployment) -> Resolved:
    """The deployment, planned with the second replica at another address of the network."""
    resolved = resolve(Request(stack.folder / "deployment.yaml", build=stack.folder / "build"))
    old = resolved.plan.replicas[1].address
    new = f"{old.rpartition('.')[0]}.77"
    plan = plan_from_json(plan_json(resolved.plan).replace(old, new), source="a test")
    return replace(resolved, plan=plan)


def test_what_was_rendered_earlier_is_applied_by_the_next_up(stack: Deployment) -> None:
    stack.edit(replicas=1)
    assert stack.run("render").returncode == 0
    assert "retire replica-1: no longer part of the deployment" in operations(stack.up())


def test_an_interrupted_up_says_so_and_is_continued_by_the_next(stack: Deployment) -> None:
    stack.edit(simulator={"startup_seconds": 30})
    place = ["--spec", str(stack.write()), "--build", str(stack.folder / "build")]
    # A test run in the background ignores the signal, and would hand that down.
    heeding = ["env", "--default-signal=INT", sys.executable]
    with environment(stack.environment), subprocess.Popen(
        [*heeding, "-m", "generator", "up", *place], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        cwd=Path(__file__).parents[2],
    ) as running:  # fmt: skip
        assert running.stdout is not None
        seen = []
        for line in running.stdout:
            seen.append(line)
            if line.startswith("replica-0: loading weights"):
                running.send_signal(signal.SIGINT)
        assert running.wait() == 130, "".join(seen)
    assert "`make up` again goes on from here" in seen[-1]
    stack.edit(simulator={"startup_seconds": 0.5})
    assert [line.split(":")[0] for line in operations(stack.up())] == [
        "recreate replica-0",
        "recreate replica-1",
    ]


def test_logs_name_the_service(stack: Deployment) -> None:
    lines = stack.run("logs", "replica-0", "--tail", "3").stdout.splitlines()
    assert len(lines) == 3
    assert all(line.startswith("replica-0") for line in lines)


def test_a_service_that_is_not_there_has_no_logs(stack: Deployment) -> None:
    done = stack.run("logs", "replica-9")
    assert done.returncode == 9
    assert "replica-9" in done.stdout


def test_down_leaves_nothing_but_the_volumes_and_these_only_until_asked(
    stack: Deployment, docker_engine: Engine
) -> None:
    done = stack.run("down")
    assert done.returncode == 0, done.stdout
    assert containers(docker_engine, PROJECT) == {}
    assert left(docker_engine, PROJECT, "network") == []
    assert f"{PROJECT}_prometheus-data" in left(docker_engine, PROJECT, "volume")
    assert not (stack.directory / "run").exists()

    (stack.directory / "compose.yaml").write_text("services: {broken")
    (stack.directory / "plan.json").write_text("{broken")
    done = stack.run("down", "--volumes")
    assert done.returncode == 0, done.stdout
    assert left(docker_engine, PROJECT, "volume") == []
