"""One `docker info` tells the engine, the Compose plugin and the way to the GPUs, or why there is no engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from generator.facts import DockerFacts
from generator.host.docker import collect_docker, docker_facts

# `docker info --format '{{json .}}'` of engine 26.1.5, cut to what is read.
INFO: dict[str, Any] = {
    "ServerVersion": "26.1.5+dfsg1",
    "MemoryLimit": True,
    "CgroupVersion": "2",
    "NCPU": 16,
    "MemTotal": 134_217_728,
    "DockerRootDir": "/var/lib/docker",
    "Runtimes": {"io.containerd.runc.v2": {"path": "runc"}, "runc": {"path": "runc"}},
    "SecurityOptions": ["name=seccomp", "name=cgroupns"],
    "CDISpecDirs": [],
    "ClientInfo": {
        "Plugins": [{"Name": "buildx", "Version": "0.13.1"}, {"Name": "compose", "Version": "2.26.1-4"}]
    },
}

# The same of a client that reaches no engine.
NO_ENGINE = {
    "ServerVersion": "",
    "ServerErrors": ["permission denied while trying to connect to the Docker daemon socket"],
    "ClientInfo": {"Plugins": []},
}


def docker(directory: Path, *, prints: object, status: int) -> str:
    """A program that answers `docker info` with `prints`."""
    program = directory / "docker"
    program.write_text(f"#!/bin/sh\ncat <<'END'\n{json.dumps(prints)}\nEND\nexit {status}\n")
    program.chmod(0o755)
    return str(program)


def test_an_engine_that_answers_is_described(tmp_path: Path) -> None:
    facts, problem = collect_docker(docker(tmp_path, prints=INFO, status=0))
    assert problem == ""
    assert facts == DockerFacts(
        engine=(26, 1, 5),
        compose=(2, 26, 1),
        data_root="/var/lib/docker",
        cgroup=2,
        memory_limit=True,
        cpus=16,
        memory_bytes=134_217_728,
    )


def test_a_client_without_an_engine_says_what_docker_said(tmp_path: Path) -> None:
    assert collect_docker(docker(tmp_path, prints=NO_ENGINE, status=1)) == (
        None,
        "permission denied while trying to connect to the Docker daemon socket",
    )


def test_no_client_is_a_problem_of_its_own() -> None:
    assert collect_docker("") == (None, "the docker command is not installed")


def test_a_client_without_the_compose_plugin_has_no_compose() -> None:
    assert docker_facts({**INFO, "ClientInfo": {"Plugins": None}}).compose is None


def test_rootless_is_seen() -> None:
    assert docker_facts(
        {**INFO, "SecurityOptions": ["name=seccomp,profile=builtin", "name=rootless"]}
    ).rootless


def test_the_nvidia_runtime_a_listed_device_or_a_specification_reach_the_gpus(tmp_path: Path) -> None:
    (tmp_path / "nvidia.yaml").write_text('cdiVersion: 0.6.0\nkind: "nvidia.com/gpu"\n')
    assert docker_facts({**INFO, "Runtimes": {"nvidia": {}}}).nvidia
    assert docker_facts({**INFO, "DiscoveredDevices": [{"Source": "cdi", "ID": "nvidia.com/gpu=0"}]}).nvidia
    assert docker_facts({**INFO, "CDISpecDirs": [str(tmp_path)]}).nvidia


def test_a_specification_of_another_vendor_does_not(tmp_path: Path) -> None:
    (tmp_path / "amd.json").write_text('{"kind": "amd.com/gpu"}')
    assert not docker_facts({**INFO, "CDISpecDirs": [str(tmp_path), "/nowhere"]}).nvidia
