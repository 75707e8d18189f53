"""What the files say while replicas are parked: they stay defined, and nobody speaks to them."""

from __future__ import annotations

from dataclasses import replace

from generator.plan.model import DeploymentPlan, Edge, Prometheus, ScrapeJob, ScrapeTarget, UpstreamServer


def awake_view(plan: DeploymentPlan) -> DeploymentPlan:
    """The plan as its files show it; the same plan where nothing is parked."""
    if not plan.parked:
        return plan
    return replace(
        plan,
        edge=edge_without(plan, plan.parked),
        prometheus=_prometheus(plan),
        processes=tuple(process for process in plan.processes if process.name not in plan.parked),
    )


def edge_without(plan: DeploymentPlan, replicas: tuple[str, ...]) -> Edge:
    """What these would have taken waits in the queues of the others, where those take it."""
    edge, holds = plan.edge, plan.parking.holds if plan.parking else 0
    servers = tuple(_server(each, out=replicas, holds=holds) for each in edge.upstream.servers)
    capacity = holds or sum(server.max_conns for server in servers if not server.down)
    limits = replace(edge.limits, requests=min(edge.limits.requests, capacity))
    return replace(edge, upstream=replace(edge.upstream, servers=servers), limits=limits)


def _server(server: UpstreamServer, *, out: tuple[str, ...], holds: int) -> UpstreamServer:
    if server.replica in out:
        return replace(server, down=True)
    return replace(server, max_conns=holds or server.max_conns)


def _prometheus(plan: DeploymentPlan) -> Prometheus:
    """A target that is down on purpose would look like one that fails."""
    jobs = tuple(
        ScrapeJob(job.name, tuple(target for target in job.targets if not _is_of(target, plan.parked)))
        for job in plan.prometheus.jobs
    )
    return replace(plan.prometheus, jobs=jobs)


def _is_of(target: ScrapeTarget, replicas: tuple[str, ...]) -> bool:
    return dict(target.labels).get("replica") in replicas
