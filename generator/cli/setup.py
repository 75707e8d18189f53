"""`setup`: install the programs that a deployment needs and this host lacks."""

from __future__ import annotations

from collections.abc import Callable

from generator.host.packages import ensure_runtime, ensure_services
from generator.host.venvs import ensure_venvs
from generator.plan.model import DeploymentPlan, RuntimeKind


def install_missing(plan: DeploymentPlan, *, say: Callable[[str], None]) -> bool:
    """Whether anything had to be installed. Nothing is for Compose: its engine is chosen only when it answers."""
    if plan.runtime != "host":
        return False
    installed = (*ensure_runtime(plan.runtime, say=say), *ensure_services(_auxiliaries(plan), say=say))
    return ensure_venvs(plan.venvs, say=say) or bool(installed)


def _auxiliaries(plan: DeploymentPlan) -> list[str]:
    return [service.name for service in plan.auxiliaries]


def setup(runtime: RuntimeKind, *, say: Callable[[str], None], plan: DeploymentPlan | None = None) -> int:
    """Have what `runtime` needs; the exit status. Raises HostError or ToolError where it can't be had."""
    installed = ensure_runtime(runtime, say=say)
    if plan and runtime == "host":
        installed = (*installed, *ensure_services(_auxiliaries(plan), say=say))
    if not ensure_venvs(plan.venvs if plan else (), say=say) and not installed:
        say(f"nothing to install: all that the {runtime} runtime needs is there")
    return 0
