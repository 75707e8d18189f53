"""Whether the ports of the deployment are free on this host, and who holds those that are not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from generator.doctor.finding import Finding, Subject
from generator.doctor.published import Container, containers
from generator.host.ask import find_program
from generator.host.ports import ancestors, holder, obstacle
from generator.plan.model import DeploymentPlan

SUPERVISOR_PID = "run/supervisord.pid"

OWN = "held by this deployment"
REMEDY = "end what holds it, or choose another port or `bind_address` in the spec"


@dataclass(frozen=True)
class Socket:
    """Where a service of the deployment will listen on the host."""

    service: str
    address: str
    port: int

    def __str__(self) -> str:
        return f"{self.address}:{self.port}"


def check_ports(subject: Subject) -> Iterator[Finding]:
    """One finding a port. Those that the deployment itself holds, because it is up, are well."""
    docker = find_program("docker") if subject.facts.docker else ""
    running = containers(docker) if docker else ()
    for wanted in sockets(subject.plan):
        yield judge(wanted, obstructed=obstruction(wanted, subject=subject, running=running))


def sockets(plan: DeploymentPlan) -> tuple[Socket, ...]:
    """Every port of the plan on the host."""
    published = (plan.edge, plan.prometheus, *((plan.grafana,) if plan.grafana else ()))
    outer = tuple(Socket(part.name, part.published.bind, part.published.port) for part in published)
    if plan.runtime == "compose":
        return outer
    address, _, port = plan.edge.metrics_listen.rpartition(":")
    inner = (Socket("edge metrics", address, int(port)),)
    return (
        *outer,
        *inner,
        *(Socket(replica.name, replica.address, replica.port) for replica in plan.replicas),
    )


def obstruction(wanted: Socket, *, subject: Subject, running: Sequence[Container]) -> str:
    """What stands in the way of listening: "" for nothing, OWN when the deployment itself is up."""
    for container in running:
        if wanted.port in container.ports:
            own = subject.plan.runtime == "compose" and container.project == subject.plan.project
            return OWN if own else f"held by container {container.name}"
    reason = obstacle(wanted.address, wanted.port)
    if reason != "in use":
        return reason
    found = holder(wanted.port)
    if found and belongs(found.pid, directory=subject.directory):
        return OWN
    return f"held by {found or 'a process of another user'}"


def belongs(pid: int, *, directory: Path) -> bool:
    """Whether `pid` descends from the supervisord of the deployment in `directory`."""
    try:
        supervisor = int((directory / SUPERVISOR_PID).read_text())
    except (OSError, ValueError):
        return False
    return supervisor in ancestors(pid)


def judge(wanted: Socket, *, obstructed: str) -> Finding:
    """`obstructed` is what `obstruction` says."""
    check, needed = f"port {wanted.port}", f"free for {wanted.service} at {wanted}"
    if obstructed in {"", OWN}:
        return Finding(check, "ok", obstructed or "free", needed)
    return Finding(check, "fail", obstructed, needed, REMEDY)
