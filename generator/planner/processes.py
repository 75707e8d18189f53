"""The host runtime's programs, in supervisord's words. Paths are relative to build/<project>/."""

from __future__ import annotations

from collections.abc import Sequence

from generator.plan.model import Edge, Process, Prometheus, Replica, Timeouts

# NGINX ends gracefully on QUIT: open streams finish first.
_EDGE_STOP = "QUIT"


def plan_processes(
    replicas: Sequence[Replica], edge: Edge, prometheus: Prometheus, timeouts: Timeouts
) -> tuple[Process, ...]:
    """supervisord starts low priorities first and stops them last: the edge goes before its replicas do."""
    return (
        *(_replica(replica, timeouts) for replica in replicas),
        _edge(edge, timeouts),
        _prometheus(prometheus),
    )


def _replica(replica: Replica, timeouts: Timeouts) -> Process:
    return Process(replica.name, replica.argv, replica.environment, "TERM", timeouts.stop_grace, 10)


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
