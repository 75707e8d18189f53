"""Plans on hosts that are not here, for checks that only look at values."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from generator.doctor.finding import Subject
from generator.facts import DockerFacts, Gpu, HostFacts, NginxFacts
from generator.planner import plan_deployment
from generator.spec import DeploymentSpec

GIB = 1 << 30

DOCKER = DockerFacts(
    engine=(28, 5, 2), compose=(2, 40, 3), nvidia=True, cgroup=2, cpus=16, memory_bytes=64 * GIB
)

GPU_HOST = HostFacts(
    cpus=16,
    memory_bytes=64 * GIB,
    gpus=(Gpu(0, "GPU-0", "NVIDIA L4", 24 * GIB), Gpu(1, "GPU-1", "NVIDIA L4", 24 * GIB)),
    driver="580.65.06",
    cuda=(13, 0),
    docker=DOCKER,
)

PLAIN_HOST = HostFacts(
    cpus=2,
    memory_bytes=4 * GIB,
    nginx=NginxFacts("/usr/sbin/nginx", (1, 22, 1), "/usr/lib/nginx/modules/ngx_http_js_module.so"),
    docker_problem="the docker command is not installed",
)

DOCKER_HOST = replace(PLAIN_HOST, docker=replace(DOCKER, nvidia=False), docker_problem="")


def subject(facts: HostFacts, *, directory: Path = Path("build/sglbox"), **spec: Any) -> Subject:
    """The plan of a spec with these keys on a host."""
    return Subject(facts, plan_deployment(DeploymentSpec(**spec), facts), directory)
