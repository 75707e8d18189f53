"""Deployments to audit, in few words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from generator.audit.finding import Report, Running, Subject
from generator.facts import CheckpointFacts, DockerFacts, Gpu, HostFacts, Version
from generator.planner import plan_deployment
from generator.spec import DeploymentSpec
from tests.generator.sizing.start_up_logs import model

GIB = 1 << 30
DOCKER = DockerFacts((28, 5, 2), (2, 40, 3), nvidia=True)
REPORT = Report("build/loadtest/one-chat", "2026-01-01T00:00:00Z", "chat", "")


def host(*, gpus: int = 2, compute: Version = (8, 9)) -> HostFacts:
    """So many L4, of that compute capability, and a checkpoint that nobody can read."""
    return HostFacts(
        gpus=tuple(
            Gpu(number, f"GPU-{number}", "NVIDIA L4", 24 * GIB, compute=compute) for number in range(gpus)
        ),
        docker=DOCKER,
        checkpoint=CheckpointFacts("/srv/m", bytes=GIB),
    )


def known(facts: HostFacts, name: str = "qwen2.5-1.5b") -> HostFacts:
    """The same with a checkpoint of known shape."""
    return replace(facts, checkpoint=CheckpointFacts("/srv/m", architecture=model(name)))


def subject(facts: HostFacts | None = None, running: Running | None = None, **spec: Any) -> Subject:
    """The plan of a spec on a host with two GPUs, unless another is given."""
    there = facts or host()
    plan = plan_deployment(DeploymentSpec(**{"checkpoint_path": "/srv/m", **spec}), there)
    return Subject(plan, there, running, reports=(REPORT,))


def running(**changes: Any) -> Running:
    """Two replicas that are well and had traffic."""
    both = ("replica-0", "replica-1")
    healthy = Running(dict.fromkeys(both, "ready"), 20_000, 16_000, dict.fromkeys(both, "up"))
    return replace(healthy, **changes)
