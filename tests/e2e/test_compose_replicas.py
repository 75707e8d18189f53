"""Replicas of a Compose deployment that are parked, woken and restarted while the others serve."""

from __future__ import annotations

import os

import pytest

from tests.deployments import Deployment, operations
from tests.docker.engine import Engine
from tests.e2e.clients import answered_by, wait_until_all_answer
from tests.e2e.conftest import Compose
from tests.e2e.remains import containers

PROJECT = f"test-replicas-{os.getpid()}"


@pytest.fixture(scope="module")
def stack(lasting_compose: Compose) -> Deployment:
    made = lasting_compose(PROJECT)
    made.up()
    return made


def test_a_parked_replica_has_no_container_and_comes_back(stack: Deployment, docker_engine: Engine) -> None:
    before = containers(docker_engine, PROJECT)
    assert "retire replica-1: parked, once it is idle" in operations(stack.run("park").stdout)
    assert set(before) - set(containers(docker_engine, PROJECT)) == {"replica-1"}
    assert stack.status()["replica-1"]["phase"] == "parked"
    assert answered_by(stack.url, requests=4) == {"replica-0"}
    assert operations(stack.run("wake").stdout)[0] == "create replica-1: woken"
    wait_until_all_answer(stack.url, {"replica-0", "replica-1"})
    assert containers(docker_engine, PROJECT) == before | {
        "replica-1": containers(docker_engine, PROJECT)["replica-1"]
    }
    assert operations(stack.up()) == []


def test_a_restarted_replica_keeps_its_container_and_so_its_log(
    stack: Deployment, docker_engine: Engine
) -> None:
    before, since = containers(docker_engine, PROJECT), stack.status()
    done = stack.run("restart", "replica-0")
    assert done.returncode == 0, done.stdout
    assert containers(docker_engine, PROJECT) == before
    renewed = {name for name, row in stack.status().items() if row["since"] != since[name]["since"]}
    assert renewed == {"replica-0"}
    assert "SIGTERM received" in docker_engine.docker("logs", before["replica-0"])
    wait_until_all_answer(stack.url, {"replica-0", "replica-1"})
    assert operations(stack.up()) == []
