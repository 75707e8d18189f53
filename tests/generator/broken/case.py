"""A broken spec, the host it meets, and the message that comes of both."""

from __future__ import annotations

from dataclasses import dataclass

from generator.errors import PlanError, SglboxError
from generator.facts import CheckpointFacts, DockerFacts, Gpu, HandleFacts, HostFacts
from generator.planner import plan_deployment
from generator.spec import load_spec_text

GPUS = tuple(Gpu(index, f"GPU-{index:04d}", "H100", 80 << 30) for index in range(4))
DOCKER = DockerFacts((28, 5, 2), (2, 40, 3), nvidia=True)
HOSTS = {
    "bare": HostFacts(),
    "gpus": HostFacts(gpus=GPUS, docker=DOCKER),
    "gpu-no-docker": HostFacts(gpus=GPUS),
    "no-model": HostFacts(
        gpus=GPUS, docker=DOCKER, checkpoint=CheckpointFacts("/srv/empty", reason="has no config.json")
    ),
    "colon": HostFacts(gpus=GPUS, docker=DOCKER, checkpoint=CheckpointFacts("/srv/llama:8b", 1)),
    "gated": HostFacts(
        gpus=GPUS, docker=DOCKER, handle=HandleFacts("a/b", reason="gated: needs a token with access")
    ),
}


@dataclass(frozen=True)
class Broken:
    what: str
    host: str
    spec: str
    message: str


def message_for(case: Broken) -> str:
    """Of the spec's own faults, else of the plan's."""
    try:
        loaded = load_spec_text(case.spec, source="deployment.yaml")
        plan_deployment(loaded.spec, HOSTS[case.host])
    except PlanError as error:
        return PlanError(error.faults, source=loaded.source, lines=loaded.lines).message
    except SglboxError as error:
        return error.message
    return "accepted"
