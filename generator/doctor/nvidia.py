"""Whether containers can be given GPUs."""

from __future__ import annotations

from collections.abc import Iterator

from generator.doctor.finding import Finding, Subject
from generator.facts import DockerFacts

TOOLKIT = "install nvidia-container-toolkit, then `nvidia-ctk runtime configure --runtime=docker` and restart Docker"


def check_nvidia(subject: Subject) -> Iterator[Finding]:
    """The driver answers; Docker knows the way to it."""
    if problem := subject.facts.driver_problem:
        # Without an answer the GPUs are invisible, and a plan that names no engine falls to the simulator.
        yield Finding(
            "NVIDIA driver", "fail", problem, "a driver that answers", "reinstall the driver, or reboot"
        )
    if subject.plan.engine == "sglang" and subject.plan.runtime == "compose" and subject.facts.docker:
        yield container_runtime(subject.facts.docker)


def container_runtime(docker: DockerFacts) -> Finding:
    """The nvidia runtime or CDI; a rootless engine needs one more setting."""
    check, needed = "NVIDIA runtime", "registered with Docker"
    if not docker.nvidia:
        return Finding(check, "fail", "not registered", needed, TOOLKIT)
    if docker.rootless:
        remedy = "set `no-cgroups = true` in ~/.config/nvidia-container-runtime/config.toml"
        return Finding(check, "warn", "registered, rootless engine", needed, remedy)
    return Finding(check, "ok", "registered", needed)
