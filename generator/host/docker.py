"""The Docker engine that the CLI reaches, asked with one `docker info` (engine, plugins, runtimes at once)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.facts import DockerFacts
from generator.host.ask import Answer, ask, find_program
from generator.host.version import parse_version

TIMEOUT = 5.0
"""Seconds for an answer: a local engine needs 0.3; one behind a dead DOCKER_HOST never gives any."""

INFO = ("info", "--format", "{{json .}}")

CDI_KIND = "nvidia.com/gpu"


def collect_docker(docker: str | None = None) -> tuple[DockerFacts | None, str]:
    """(facts, "") when an engine answers, else (None, why not). `docker` is the CLI's file."""
    docker = find_program("docker") if docker is None else docker
    if not docker:
        return None, "the docker command is not installed"
    answer = ask((docker, *INFO), timeout=TIMEOUT)
    info = read_info(answer)
    if not info.get("ServerVersion"):
        return None, engine_problem(answer, info)
    return docker_facts(info), ""


def read_info(answer: Answer) -> dict[str, Any]:
    """The JSON object `docker info` printed, {} when it printed none."""
    try:
        info = json.loads(answer.stdout)
    except ValueError:
        return {}
    return info if isinstance(info, dict) else {}


def engine_problem(answer: Answer, info: Mapping[str, Any]) -> str:
    """Why no engine answers, in Docker's own words."""
    errors = info.get("ServerErrors") or ()
    return str(errors[0]) if errors else answer.said


def docker_facts(info: Mapping[str, Any]) -> DockerFacts:
    """What the plan and the doctor want of `docker info`."""
    return DockerFacts(
        engine=parse_version(info["ServerVersion"]),
        compose=compose_version(info),
        nvidia="nvidia" in (info.get("Runtimes") or {}) or has_nvidia_cdi(info),
        rootless="name=rootless" in (info.get("SecurityOptions") or ()),
        data_root=info.get("DockerRootDir") or "",
        cgroup=int(info.get("CgroupVersion") or 0),
        memory_limit=bool(info.get("MemoryLimit")),
        cpus=int(info.get("NCPU") or 0),
        memory_bytes=int(info.get("MemTotal") or 0),
    )


def compose_version(info: Mapping[str, Any]) -> tuple[int, ...] | None:
    """Version of the Compose plugin of the CLI, None without it."""
    plugins = (info.get("ClientInfo") or {}).get("Plugins") or ()
    versions = {plugin.get("Name"): plugin.get("Version") for plugin in plugins}
    return parse_version(versions.get("compose") or "") or None


def has_nvidia_cdi(info: Mapping[str, Any]) -> bool:
    """Whether the engine knows a CDI device of NVIDIA. Engines before 28.3 do not list devices, only where
    the specifications lie."""
    listed = (str(device.get("ID", "")) for device in info.get("DiscoveredDevices") or ())
    if any(device.startswith(CDI_KIND) for device in listed):
        return True
    return any(names_nvidia(Path(directory)) for directory in info.get("CDISpecDirs") or ())


def names_nvidia(directory: Path) -> bool:
    """Whether a specification in `directory` describes NVIDIA's GPUs."""
    try:
        return any(CDI_KIND in file.read_text(errors="replace") for file in directory.glob("*.[yj]*"))
    except OSError:
        return False
