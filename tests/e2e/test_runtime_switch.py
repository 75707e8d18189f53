"""The same deployment under the other runtime: what the first one runs must be gone, not in the way."""

from __future__ import annotations

import pytest

from generator.host.packages import ensure_runtime
from generator.runtime.processes import running
from generator.runtime.supervisord import Supervisord
from tests.docker.engine import Engine
from tests.e2e.clients import wait_until_all_answer
from tests.e2e.conftest import Compose
from tests.ports import free_ports

pytestmark = pytest.mark.host


def test_from_compose_to_processes_and_back(compose: Compose, docker_engine: Engine) -> None:
    ensure_runtime("host", say=print)
    deployment = compose("switch")
    containers = (
        "ps",
        "--all",
        "--quiet",
        "--filter",
        f"label=com.docker.compose.project={deployment.spec['name']}",
    )
    deployment.up()

    ports = free_ports(3)
    monitoring = deployment.spec["monitoring"] | {"edge_metrics_port": ports[0]}
    deployment.edit(runtime="host", replica_port=ports[1], monitoring=monitoring)
    assert "runtime compose -> host" in deployment.up()
    assert docker_engine.docker(*containers) == ""
    processes = Supervisord(deployment.directory).session()
    wait_until_all_answer(deployment.url, {"replica-0", "replica-1"})

    deployment.edit(runtime="compose")
    assert "runtime host -> compose" in deployment.up()
    assert running(processes) == ()
    wait_until_all_answer(deployment.url, {"replica-0", "replica-1"})
