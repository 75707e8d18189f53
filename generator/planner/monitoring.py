"""Prometheus with one target per replica, and Grafana on top."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator import images
from generator.facts import HostFacts
from generator.plan.model import (
    Edge,
    Environment,
    Grafana,
    HealthCheck,
    Prometheus,
    Published,
    Replica,
    ScrapeJob,
    ScrapeTarget,
    Service,
)
from generator.planner.addresses import GRAFANA, PROMETHEUS, replica_name
from generator.planner.edge import endpoint
from generator.planner.engine import start_interval
from generator.planner.fleet import Fleet
from generator.planner.nodes import node_name
from generator.planner.outline import Outline

GRAFANA_PASSWORD = "grafana_admin_password"  # noqa: S105 - the secret's name
_PROMETHEUS_PORT = 9090
_GRAFANA_PORT = 3000


def plan_prometheus(
    outline: Outline, fleet: Fleet, edge: Edge, onlookers: Sequence[Service] = ()
) -> Prometheus:
    """Each replica is scraped directly: through the balancer every scrape would meet another one."""
    spec, others = outline.spec, (*fleet.auxiliaries, *fleet.routers, *onlookers)
    published = spec.monitoring.prometheus_port
    port = _PROMETHEUS_PORT if outline.contained else published
    address = outline.where.prometheus if outline.contained else spec.monitoring.bind_address
    return Prometheus(
        name=PROMETHEUS,
        image=images.PROMETHEUS,
        binary=outline.facts.prometheus or "prometheus",
        address=address,
        port=port,
        published=Published(spec.monitoring.bind_address, published, _PROMETHEUS_PORT),
        url=endpoint(spec.monitoring.bind_address, published),
        retention=spec.monitoring.retention,
        scrape_interval=spec.monitoring.scrape_interval,
        jobs=(
            ScrapeJob(
                "sglang",
                (*(_replica_target(replica) for replica in fleet.replicas), *_other_nodes(outline)),
            ),
            *(_job(service) for service in others if service.metrics),
            ScrapeJob("edge", (ScrapeTarget(edge.metrics_listen, ()),)),
            ScrapeJob("prometheus", (ScrapeTarget(f"{outline.where.prometheus}:{port}", ()),)),
        ),
        health=_wget_health(outline.facts, f"http://127.0.0.1:{_PROMETHEUS_PORT}/-/ready"),
    )


def _job(service: Service) -> ScrapeJob:
    return ScrapeJob(service.name, (ScrapeTarget(service.metrics, ()),))


def _other_nodes(outline: Outline) -> Iterator[ScrapeTarget]:
    """Their servers tell little, but whether they are there. A container has no way out of this host to them."""
    spec = outline.spec
    if outline.contained:
        return
    for rank, node in enumerate(spec.nodes[1:], start=1):
        labels: Environment = (("replica", replica_name(0)), ("node", node_name(node, rank)))
        yield ScrapeTarget(f"{node.address}:{spec.replica_port}", labels)


def _replica_target(replica: Replica) -> ScrapeTarget:
    labels: Environment = (("replica", replica.name), ("role", replica.role))
    gpus = (("gpus", ",".join(replica.gpus)),) if replica.gpus else ()
    return ScrapeTarget(f"{replica.address}:{replica.port}", (*gpus, *labels))


def plan_grafana(outline: Outline, prometheus: Prometheus) -> Grafana | None:
    """None in the host runtime (no distribution packages it) and where the spec says so."""
    monitoring = outline.spec.monitoring
    if not (outline.contained and outline.leads and monitoring.grafana):
        return None
    bind = monitoring.bind_address
    return Grafana(
        name=GRAFANA,
        image=images.GRAFANA,
        address=outline.where.grafana,
        port=_GRAFANA_PORT,
        published=Published(bind, monitoring.grafana_port, _GRAFANA_PORT),
        url=endpoint(bind, monitoring.grafana_port),
        data_source_url=f"http://{prometheus.address}:{prometheus.port}",
        health=_wget_health(outline.facts, f"http://127.0.0.1:{_GRAFANA_PORT}/api/health"),
    )


def _wget_health(facts: HostFacts, url: str) -> HealthCheck:
    """Both images have busybox' or GNU wget, and neither has to have curl."""
    return HealthCheck(
        test=("CMD", "wget", "-q", "-O", "/dev/null", url),
        interval=10,
        timeout=5,
        retries=3,
        start_period=30,
        start_interval=start_interval(facts),
    )
