"""What a real Docker engine says of itself and of a project's networks."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from generator.host.ask import find_program
from generator.host.collect import Inquiry, collect

pytestmark = pytest.mark.usefixtures("docker_here")

PROJECT = "sglbox-test-facts"


def docker(*argv: str) -> str:
    """What a docker command printed."""
    return subprocess.run(("docker", *argv), check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def networks(docker_here: None) -> Iterator[str]:
    """Two networks with the labels Compose gives them; the subnet of the replicas' one."""
    labels = f"--label=com.docker.compose.project={PROJECT}"
    made = []
    try:
        for name, subnet in (("front", "10.231.7.0/24"), ("engines", "10.231.8.0/24")):
            label = f"--label=com.docker.compose.network={name}"
            made.append(docker("network", "create", labels, label, "--subnet", subnet, f"{PROJECT}_{name}"))
        yield "10.231.8.0/24"
    finally:
        docker("network", "rm", *made)


def test_the_engine_its_compose_plugin_and_its_gpus_are_found() -> None:
    facts = collect()
    assert facts.docker is not None
    assert facts.docker.engine >= (25,)
    assert facts.docker.compose is not None
    assert facts.docker.compose >= (2, 20)
    assert facts.docker.nvidia
    assert facts.docker.data_root
    assert facts.docker.cgroup in {1, 2}


def test_a_projects_own_subnet_is_told_apart_from_those_in_use(networks: str) -> None:
    facts = collect(Inquiry(project=PROJECT))
    assert facts.project_subnet == networks
    assert networks not in facts.subnets_in_use
    assert "10.231.7.0/24" in facts.subnets_in_use
    assert collect(Inquiry(project="another")).project_subnet == ""


def test_an_engine_that_is_not_there_is_told_in_dockers_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    assert find_program("docker")
    facts = collect()
    assert facts.docker is None
    assert "/nowhere/docker.sock" in facts.docker_problem
