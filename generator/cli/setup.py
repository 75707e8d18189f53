"""`setup`: install the programs that a deployment needs and this host lacks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from generator.host.packages import ensure_runtime
from generator.host.venvs import ensure_venvs
from generator.plan.model import DeploymentPlan, RuntimeKind


def install_missing(plan: DeploymentPlan, *, say: Callable[[str], None]) -> bool:
    """Whether anything had to be installed. Nothing is for Compose: its engine is chosen only when it answers."""
    if plan.runtime != "host":
        return False
    installed = ensure_runtime(plan.runtime, say=say)
    return ensure_venvs(plan.venvs, say=say) or bool(installed)


def setup(runtime: RuntimeKind, *, say: Callable[[str], None], venvs: Sequence[str] = ()) -> int:
    """Have what `runtime` needs; the exit status. Raises HostError or ToolError where it can't be had."""
    installed = ensure_runtime(runtime, say=say)
    if not ensure_venvs(venvs, say=say) and not installed:
        say(f"nothing to install: all that the {runtime} runtime needs is there")
    return 0
