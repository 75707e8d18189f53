"""One model over two hosts under Compose. A host is a Docker network: its address on this machine is the node's.

The trees are started as they are, the engines in the host's network. Only the project's name differs from host to
host, as one Docker engine has both.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.deployments import Deployment
from tests.docker.engine import Engine
from tests.e2e.clients import chat
from tests.e2e.conftest import base
from tests.eventually import eventually

NAMES = tuple(f"test-nodes-{rank}-{os.getpid()}" for rank in (0, 1))
KINDS = {"container": "{{.Names}}", "network": "{{.Name}}", "volume": "{{.Name}}"}


@dataclass(frozen=True)
class Host:
    """One of them, with its own copy of the spec."""

    rank: int
    deployment: Deployment

    def run(self, verb: str, *options: str) -> CompletedProcess[str]:
        return self.deployment.run(verb, "--node", str(self.rank), *options)

    def up(self) -> str:
        done = self.run("up")
        assert done.returncode == 0, done.stdout
        return done.stdout

    def phases(self) -> dict[str, str]:
        rows = json.loads(self.run("status", "--json").stdout)["services"]
        return {row["service"]: row["phase"] for row in rows}

    def left(self, engine: Engine, kind: str) -> set[str]:
        """What the engine has of this host's project, without the project's name."""
        project = self.deployment.spec["name"]
        label = f"label=com.docker.compose.project={project}"
        every = ("--all",) if kind == "container" else ()
        names = engine.docker(kind, "ls", *every, "--filter", label, "--format", KINDS[kind])
        return {name.removeprefix(project)[1:] for name in names.split()}


@dataclass(frozen=True)
class Said:
    """By every `up`, in order: the second host's first one has a spec with a third node."""

    refused: CompletedProcess[str]
    first: str
    second: str


@pytest.fixture(scope="module")
def addresses(docker_engine: Engine) -> Iterator[tuple[str, ...]]:
    """This machine's address in a Docker network of each host."""
    gateway = "{{(index .IPAM.Config 0).Gateway}}"
    try:
        for name in NAMES:
            docker_engine.docker("network", "create", name)
        yield tuple(docker_engine.docker("network", "inspect", name, "--format", gateway) for name in NAMES)
    finally:
        docker_engine.docker("network", "rm", *NAMES)


@pytest.fixture(scope="module")
def hosts(
    addresses: tuple[str, ...], docker_engine: Engine, images: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Host, Host]]:
    spec: dict[str, Any] = base("") | {
        "tensor_parallel_size": 6,
        "nodes": [{"address": address} for address in addresses],
    }
    spec["monitoring"] |= {"grafana": False}
    first, second = (
        Host(rank, Deployment(tmp_path_factory.mktemp(name), spec | {"name": name}, docker_engine.env))
        for rank, name in enumerate(NAMES)
    )
    try:
        yield first, second
    finally:
        for host in (first, second):
            host.run("down", "--volumes")


@pytest.fixture(scope="module")
def said(hosts: tuple[Host, Host]) -> Said:
    """Rank 0 waits while the other host is told first of three nodes, then of two."""
    first, second = hosts
    nodes = second.deployment.spec["nodes"]
    with ThreadPoolExecutor() as pool:
        leading = pool.submit(first.up)
        second.deployment.edit(nodes=[*nodes, {"address": "192.0.2.3"}])
        refused = second.run("up")
        second.deployment.edit(nodes=nodes)
        return Said(refused, second=second.up(), first=leading.result())


def test_a_node_that_was_told_of_another_count_is_refused(said: Said, addresses: tuple[str, ...]) -> None:
    assert said.refused.returncode == 6, said.refused.stdout
    why = f"{addresses[0]}:20000 refuses this node: rank 1 was told otherwise: nnodes 3 is 2 here"
    assert why in said.refused.stdout


def test_with_the_right_count_both_come_up(said: Said, addresses: tuple[str, ...]) -> None:
    assert "recreate replica-0: command" in said.second
    assert f"clients go to {addresses[0]}" in said.second
    assert "a chat request was answered by replica-0" in said.first


def test_rank_0_carries_the_edge_and_answers(hosts: tuple[Host, Host], said: Said) -> None:
    assert hosts[0].phases() == {"replica-0": "ready", "edge": "ready", "prometheus": "ready"}
    answer = chat(hosts[0].deployment.url, model="any")
    assert answer.status_code == 200, answer.text
    assert answer.headers["X-Replica"] == "replica-0"


def test_rank_1_has_its_part_of_the_engine_and_nothing_else(
    hosts: tuple[Host, Host], said: Said, docker_engine: Engine
) -> None:
    assert hosts[1].phases() == {"replica-0": "ready"}
    assert hosts[1].left(docker_engine, "container") == {"replica-0-1"}
    assert hosts[1].left(docker_engine, "network") == set()


def test_a_second_up_does_nothing(hosts: tuple[Host, Host], said: Said) -> None:
    for host in hosts:
        assert "nothing to do" in host.up()


def test_when_one_part_dies_the_whole_comes_back(
    hosts: tuple[Host, Host], said: Said, docker_engine: Engine
) -> None:
    # PID 1 is an init that can't be killed from inside; it ends with the engine it runs.
    kill = "import os, signal; os.kill(-1, signal.SIGKILL)"
    docker_engine.try_docker("exec", f"{NAMES[1]}-replica-0-1", "python", "-c", kill)
    eventually(lambda: hosts[0].phases()["replica-0"] != "ready", "rank 0 does not notice")
    eventually(
        lambda: {host.phases()["replica-0"] for host in hosts} == {"ready"},
        "they are not back together",
        seconds=120,
    )
    eventually(
        lambda: chat(hosts[0].deployment.url, model="any").status_code == 200,
        "the edge does not use it again",
    )


def test_down_leaves_nothing_on_either(hosts: tuple[Host, Host], said: Said, docker_engine: Engine) -> None:
    for host in hosts:
        done = host.run("down", "--volumes")
        assert done.returncode == 0, done.stdout
        assert {kind: left for kind in KINDS if (left := host.left(docker_engine, kind))} == {}
