"""Whether the ports of the deployment are free on this host, and who holds those that are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.doctor.finding import Finding, Subject
from generator.doctor.published import Container, containers
from generator.host.ask import find_program
from generator.host.ports import ancestors, holder, obstacle
from generator.plan.model import DeploymentPlan
from generator.runtime.ports import Endpoint, process_endpoints, published_endpoints
from generator.runtime.supervisord import PID_FILE

OWN = "held by this deployment"
REMEDY = "end what holds it, or choose another port or `bind_address` in the spec"


def check_ports(subject: Subject) -> Iterator[Finding]:
    """One finding a port. Those that the deployment itself holds, because it is up, are well."""
    docker = find_program("docker") if subject.facts.docker else ""
    running = containers(docker) if docker else ()
    for endpoint in endpoints(subject.plan):
        yield judge(endpoint, obstructed=obstruction(endpoint, subject=subject, running=running))


def endpoints(plan: DeploymentPlan) -> tuple[Endpoint, ...]:
    """Everything that will listen on the host."""
    return published_endpoints(plan) if plan.runtime == "compose" else process_endpoints(plan)


def obstruction(endpoint: Endpoint, *, subject: Subject, running: Sequence[Container]) -> str:
    """What stands in the way of listening: "" for nothing, OWN when the deployment itself is up."""
    for container in running:
        if endpoint.port in container.ports:
            own = subject.plan.runtime == "compose" and container.project == subject.plan.project
            return OWN if own else f"held by container {container.name}"
    reason = obstacle(endpoint.bind, endpoint.port)
    if reason != "in use":
        return reason
    found = holder(endpoint.port)
    if found and belongs(found.pid, directory=subject.directory):
        return OWN
    return f"held by {found or 'a process of another user'}"


def belongs(pid: int, *, directory: Path) -> bool:
    """Whether `pid` descends from the supervisord of the deployment in `directory`."""
    try:
        supervisor = int((directory / PID_FILE).read_text())
    except (OSError, ValueError):
        return False
    return supervisor in ancestors(pid)


def judge(endpoint: Endpoint, *, obstructed: str) -> Finding:
    """`obstructed` is what `obstruction` says."""
    check = f"port {endpoint.port}"
    needed = f"free for {endpoint.service} at {endpoint.bind}:{endpoint.port}"
    if obstructed in {"", OWN}:
        return Finding(check, "ok", obstructed or "free", needed)
    return Finding(check, "fail", obstructed, needed, REMEDY)
