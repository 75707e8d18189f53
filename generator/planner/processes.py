"""The host runtime's programs, in supervisord's words. Paths are relative to build/<project>/."""

from __future__ import annotations

from generator.plan.model import Edge, Process, Prometheus, Replica, Service, Timeouts
from generator.planner.fleet import Fleet

# NGINX ends gracefully on QUIT: open streams finish first.
_EDGE_STOP = "QUIT"
_AUXILIARY_STOP_SECONDS = 30


def plan_processes(
    fleet: Fleet, *, front: tuple[Edge, Prometheus] | None, timeouts: Timeouts
) -> tuple[Process, ...]:
    """supervisord starts low priorities first and stops them last: the edge goes before its replicas do.

    `front` is None on a host that has only a part of the engine.
    """
    return (
        *(_service(service, _AUXILIARY_STOP_SECONDS, priority=5) for service in fleet.auxiliaries),
        *(_replica(replica, timeouts) for replica in fleet.replicas),
        *(_service(router, timeouts.stop_grace, priority=15) for router in fleet.routers),
        *((_edge(front[0], timeouts), _prometheus(front[1])) if front else ()),
    )


def _replica(replica: Replica, timeouts: Timeouts) -> Process:
    return Process(replica.name, replica.argv, replica.environment, "TERM", timeouts.stop_grace, 10)


def _service(service: Service, stop_seconds: int, *, priority: int) -> Process:
    return Process(service.name, service.argv, service.environment, "TERM", stop_seconds, priority)


def _edge(edge: Edge, timeouts: Timeouts) -> Process:
    argv = (edge.binary, "-e", "stderr", "-p", "./", "-c", "nginx/nginx.conf", "-g", "daemon off;")
    return Process(edge.name, argv, (), _EDGE_STOP, timeouts.stop_grace, 20)


def _prometheus(prometheus: Prometheus) -> Process:
    argv = (
        prometheus.binary,
        "--config.file=prometheus/prometheus.yml",
        "--storage.tsdb.path=data/prometheus",
        f"--storage.tsdb.retention.time={prometheus.retention}",
        f"--web.listen-address={prometheus.address}:{prometheus.port}",
    )
    return Process(prometheus.name, argv, (), "TERM", 30, 30)
