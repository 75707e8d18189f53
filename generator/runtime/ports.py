"""The ports a deployment listens on, and the refusal to start when another program holds one."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from generator.errors import HostError
from generator.host.ports import Holder, holder, obstacle
from generator.plan.model import DeploymentPlan, Published, Replica, Service


@dataclass(frozen=True)
class Endpoint:
    """An address of this host that a service is going to listen on."""

    service: str
    bind: str
    port: int


def published_endpoints(plan: DeploymentPlan) -> tuple[Endpoint, ...]:
    """What Compose publishes on this host."""
    if not plan.leads:
        return ()
    services: list[tuple[str, Published]] = [
        (plan.edge.name, plan.edge.published),
        (plan.prometheus.name, plan.prometheus.published),
    ]
    if plan.edge.admin:
        services.append((plan.edge.name, plan.edge.admin.published))
    if plan.grafana:
        services.append((plan.grafana.name, plan.grafana.published))
    return tuple(Endpoint(name, published.bind, published.port) for name, published in services)


def servers(plan: DeploymentPlan) -> tuple[Replica | Service, ...]:
    """What serves inside the deployment, unpublished: replicas, and what stands beside them."""
    return (*plan.auxiliaries, *plan.replicas, *plan.routers)


def process_endpoints(plan: DeploymentPlan) -> tuple[Endpoint, ...]:
    """What the processes of the host runtime listen on."""
    return (
        *(Endpoint(server.name, server.address, server.port) for server in servers(plan)),
        *_metrics_endpoints(plan),
        *(_front_endpoints(plan) if plan.leads else ()),
    )


def _front_endpoints(plan: DeploymentPlan) -> tuple[Endpoint, ...]:
    edge, prometheus = plan.edge, plan.prometheus
    return (
        _endpoint(edge.name, edge.listen),
        _endpoint(edge.name, edge.metrics_listen),
        *((_endpoint(edge.name, edge.admin.listen),) if edge.admin else ()),
        Endpoint(prometheus.name, prometheus.address, prometheus.port),
    )


def _metrics_endpoints(plan: DeploymentPlan) -> Iterator[Endpoint]:
    """Of those that have metrics on a port of their own."""
    for service in (*plan.auxiliaries, *plan.routers):
        if service.metrics not in ("", f"{service.address}:{service.port}"):
            yield _endpoint(service.name, service.metrics)


def require_own_address(plan: DeploymentPlan) -> None:
    """Raises HostError on a host that is another node than the plan is for."""
    node = plan.node
    if node and obstacle(node.address, 0):
        raise HostError(
            f"this host does not have {node.address}, the address of {node.name}",
            hint="say which of the nodes this host is, by its place in the list: --node 1, or NODE=1 with make",
        )


def require_free(endpoints: Iterable[Endpoint], *, own: Collection[int] = ()) -> None:
    """Raises HostError naming every port that a process other than `own` (process ids) holds."""
    held = [found for endpoint in endpoints if (found := _held(endpoint, own=own))]
    if held:
        hint = "end that program, or choose another port in deployment.yaml"
        raise HostError("\n".join(held), hint=hint)


def _held(endpoint: Endpoint, *, own: Collection[int]) -> str:
    problem = obstacle(endpoint.bind, endpoint.port)
    who: Holder | None = holder(endpoint.port) if problem else None
    if not problem or (who and who.pid in own):
        return ""
    by = f" by {who}" if who else ""
    return f"port {endpoint.port}, which {endpoint.service} needs on {endpoint.bind}, is {problem}{by}"


def _endpoint(service: str, listen: str) -> Endpoint:
    bind, _, port = listen.rpartition(":")
    return Endpoint(service, bind, int(port))
