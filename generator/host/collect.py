"""`collect`: one snapshot of the host, asking only what the deployment needs to know."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from generator.facts import Gpu, HandleFacts, HostFacts
from generator.host.ask import find_program
from generator.host.checkpoint import collect_checkpoint
from generator.host.docker import collect_docker
from generator.host.gpu import GpuFacts, collect_gpus
from generator.host.gpu.owners import belongs, own_containers
from generator.host.machine import collect_cpus, collect_memory, superuser
from generator.host.network import engines_subnet, routed_subnets, without
from generator.host.nginx import collect_nginx

KIT_ROOT = str(Path(__file__).resolve().parents[2])


@dataclass(frozen=True)
class Inquiry:
    """What a deployment wants to know beyond the machine itself; an empty field is not asked about."""

    project: str = ""
    """Compose project whose networks belong to the deployment."""
    checkpoint: str = ""
    """Directory with the weights."""
    handle: str = ""
    """Hugging Face handle; the only question that leaves the machine. Leave it out for the simulator."""
    revision: str = ""
    token_file: str = ""
    """File with the hub's token."""


def collect(inquiry: Inquiry | None = None) -> HostFacts:
    """The host as it is now. Never raises for what is missing: every absence has its value."""
    inquiry = inquiry or Inquiry()
    found = gpus_with_owners(inquiry.project)
    docker, docker_problem = collect_docker()
    known = docker and inquiry.project
    subnet = engines_subnet(inquiry.project, docker=find_program("docker")) if known else ""
    return HostFacts(
        cpus=collect_cpus(),
        memory_bytes=collect_memory(),
        gpus=plannable(found.gpus),
        gpu_links=found.links,
        driver=found.driver,
        cuda=found.cuda,
        driver_problem=found.problem,
        docker=docker,
        docker_problem=docker_problem,
        nginx=collect_nginx(),
        prometheus=find_program("prometheus"),
        superuser=superuser(),
        kit_python=sys.executable,
        kit_root=KIT_ROOT,
        checkpoint=collect_checkpoint(inquiry.checkpoint) if inquiry.checkpoint else None,
        handle=ask_hub(inquiry) if inquiry.handle else None,
        subnets_in_use=without(routed_subnets(), subnet),
        project_subnet=subnet,
    )


def gpus_with_owners(project: str) -> GpuFacts:
    """The GPUs, with the project's own processes marked; who owns what is asked only where there is a process."""

    @cache
    def containers() -> frozenset[str]:
        return own_containers(project, docker=find_program("docker"))

    return collect_gpus(owned=lambda pid: belongs(pid, project=project, containers=containers()))


def plannable(gpus: Sequence[Gpu]) -> tuple[Gpu, ...]:
    """Without AMD's beside NVIDIA's: a plan is for one vendor's, and a processor may hold a small one of AMD's."""
    return tuple(gpu for gpu in gpus if gpu.vendor == "nvidia") or tuple(gpus)


def ask_hub(inquiry: Inquiry) -> HandleFacts:
    """What the hub says about the handle."""
    # The hub's library costs 0.25 s to import: only a deployment with a handle pays for it.
    from generator.host.hub import collect_handle  # noqa: PLC0415

    return collect_handle(inquiry.handle, revision=inquiry.revision, token_file=inquiry.token_file)
