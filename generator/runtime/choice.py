"""Which runtime a plan asks for."""

from __future__ import annotations

import shutil
from pathlib import Path

from generator.plan.model import DeploymentPlan
from generator.runtime.contract import Runtime, Volumes


def runtime_of(plan: DeploymentPlan, *, directory: Path) -> Runtime:
    """The runtime of the deployment in `directory`; the other one's libraries are not loaded."""
    if plan.runtime == "host":
        from generator.runtime.host_runtime import HostRuntime  # noqa: PLC0415

        return HostRuntime(plan, directory=directory)
    from generator.runtime.compose_runtime import ComposeRuntime  # noqa: PLC0415

    return ComposeRuntime(plan, directory=directory)


def take_down(directory: Path, *, project: str, volumes: Volumes) -> None:
    """End whatever runs out of `directory`; goes by the rendered files, so it needs no readable plan."""
    if (directory / "host").is_dir():
        from generator.runtime import host_runtime  # noqa: PLC0415

        host_runtime.down(directory, volumes=volumes)
    if (directory / "compose.yaml").is_file():
        from generator.runtime import compose_runtime  # noqa: PLC0415

        compose_runtime.down(project, directory=directory, volumes=volumes)
    shutil.rmtree(directory / "run", ignore_errors=True)
