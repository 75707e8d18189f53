"""Wanted and observed services for tests of decisions, in as few words as the tests need."""

from __future__ import annotations

from typing import Any

from generator.facts import CheckpointFacts, DockerFacts, Gpu, HostFacts, NginxFacts
from generator.plan.model import DeploymentPlan
from generator.planner import plan_deployment
from generator.runtime.observed import ServiceState
from generator.runtime.wanted import Definition, Wanted
from generator.spec import load_spec_text

IMAGE = "lmsysorg/sglang:v1"
BARE_HOST = HostFacts(nginx=NginxFacts("nginx", (1, 22, 1)), prometheus="prometheus")
GPU_HOST = HostFacts(
    gpus=tuple(Gpu(index, f"GPU-{index:04d}", "H100", 80 << 30) for index in range(2)),
    docker=DockerFacts((28, 5, 2), (2, 40, 3), nvidia=True),
    checkpoint=CheckpointFacts("/models/m", bytes=1 << 30),
)


def plan_of(text: str, *, facts: HostFacts = BARE_HOST) -> DeploymentPlan:
    """The plan of a spec."""
    return plan_deployment(load_spec_text(text, source="deployment.yaml").spec, facts)


def wanted(name: str, **changes: Any) -> Wanted:
    """A container service; its digest follows from its definition."""
    definition: Definition = changes.pop("definition", {"image": IMAGE})
    return Wanted(name, digest=str(definition), definition=definition, **{"image": IMAGE, **changes})


def running(name: str, **changes: Any) -> ServiceState:
    """A container made from the default definition of `wanted`, healthy unless said otherwise."""
    definition = changes.pop("definition", {"image": IMAGE})
    defaults: dict[str, Any] = {"state": "running", "health": "healthy", "image": "sha256:1"}
    return ServiceState(name, digest=str(definition), **{**defaults, **changes})
