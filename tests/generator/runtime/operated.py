"""What runs of a deployment that a test operates."""

from __future__ import annotations

from generator.plan.model import DeploymentPlan
from generator.plan.serial import plan_from_json
from generator.runtime.supervisord import Supervisord
from tests.deployments import Deployment


def processes(deployment: Deployment) -> tuple[int, ...]:
    """Of its supervisord: all that it began."""
    return Supervisord(deployment.directory).session()


def pid_of(deployment: Deployment, service: str) -> int:
    """Of a service's program."""
    with Supervisord(deployment.directory).calls() as rpc:
        return int(rpc.getProcessInfo(service)["pid"])


def plan(deployment: Deployment) -> DeploymentPlan:
    """As it was rendered."""
    file = deployment.directory / "plan.json"
    return plan_from_json(file.read_text(), source=str(file))
