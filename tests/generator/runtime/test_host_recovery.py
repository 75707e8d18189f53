"""What was killed comes back, and what it left behind does not stay, with real supervisord, NGINX and Prometheus."""

from __future__ import annotations

import os
import signal

import psutil
import pytest

from generator.runtime.processes import running
from generator.runtime.supervisord import Supervisord
from tests.deployments import Deployment, operations
from tests.eventually import eventually
from tests.generator.runtime.operated import pid_of, processes

pytestmark = pytest.mark.host


def test_a_killed_replica_comes_back_and_is_counted(deployment: Deployment) -> None:
    deployment.up()
    deployment.kill("replica-0")
    eventually(lambda: deployment.status()["replica-0"]["restarts"] == 1, "the restart is not counted")
    eventually(lambda: deployment.status()["replica-0"]["phase"] == "ready", "the replica is not back")


def test_a_killed_edge_is_started_again_without_the_workers_it_left(deployment: Deployment) -> None:
    deployment.up()
    pid = pid_of(deployment, "edge")
    workers = [child.pid for child in psutil.Process(pid).children()]
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: pid_of(deployment, "edge") not in (0, pid), "the edge is not started again")
    eventually(lambda: deployment.status()["edge"]["phase"] == "ready", "the edge is not back")
    assert workers
    assert running(workers) == ()
    deployment.edit(replicas=2)
    assert "was answered by" in deployment.up()


def test_up_takes_over_what_a_killed_supervisord_left_behind(deployment: Deployment) -> None:
    deployment.up()
    left = processes(deployment)
    os.kill(Supervisord(deployment.directory).pid(), signal.SIGKILL)
    output = deployment.up()
    assert "create replica-0: not there" in operations(output)
    assert not set(left) & set(processes(deployment))


def test_down_ends_what_a_killed_supervisord_left_behind(deployment: Deployment) -> None:
    deployment.up()
    left = processes(deployment)
    os.kill(Supervisord(deployment.directory).pid(), signal.SIGKILL)
    assert deployment.run("down").returncode == 0
    assert running(left) == ()


def test_down_does_not_wait_for_what_a_killed_program_had_started(deployment: Deployment) -> None:
    deployment.up()
    before, pid = processes(deployment), pid_of(deployment, "edge")
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: pid_of(deployment, "edge") not in (0, pid), "the edge is not started again")
    assert deployment.run("down").returncode == 0
    assert running(before) == ()


def test_a_down_that_was_interrupted_is_told_and_finished_by_the_next_one(deployment: Deployment) -> None:
    deployment.edit(replicas=[{"env_vars": {"DOUBLE": "patient"}}, {}])
    deployment.up()
    before = processes(deployment)
    with Supervisord(deployment.directory).calls() as rpc:
        rpc.stopAllProcesses(False)
        rpc.shutdown()
    assert {row["phase"] for row in deployment.status().values()} == {"stopping"}
    refused = deployment.run("up")
    assert (refused.returncode, "test-host is still ending" in refused.stdout) == (9, True), refused.stdout
    assert running(before)
    done = deployment.run("down")
    assert done.returncode == 0, done.stdout
    assert running(before) == ()
