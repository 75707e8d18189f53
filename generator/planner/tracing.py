"""The collector, and where traces and logs are kept. docs/tracing.md says what was tried with which tools."""

from __future__ import annotations

from generator import images
from generator.plan.model import EngineKind, HealthCheck, Mount, RuntimeKind, Service, Tracing
from generator.planner.addresses import COLLECTOR, EDGE, LOKI, LOKI_VOLUME, TEMPO, TEMPO_VOLUME
from generator.planner.decisions import Decisions
from generator.planner.engine import start_interval
from generator.planner.fleet import Fleet
from generator.planner.outline import Outline
from generator.planner.trace_export import OTLP_HTTP_PORT, OTLP_PORT, traced
from generator.spec.model import DeploymentSpec

_SYSLOG_PORT = 5514
_COLLECTOR_METRICS = 8888
_TEMPO_PORT = 3200
_LOKI_PORT = 3100


def check_tracing(
    spec: DeploymentSpec, runtime: RuntimeKind, engine: EngineKind, decisions: Decisions
) -> None:
    """Refuses what could not be looked at, and says what is left out."""
    monitoring = spec.monitoring
    if monitoring.tracing and not monitoring.grafana:
        decisions.refuse(
            "monitoring.tracing", "traces and logs are looked at in Grafana", "leave out `grafana: false`"
        )
    if monitoring.tracing and spec.nodes:
        decisions.refuse(
            "monitoring.tracing",
            "the engine's parts on other hosts don't reach the collector",
            "leave it out",
        )
    if monitoring.tracing and runtime == "host":
        decisions.choose("tracing", "none", why="collector, Tempo and Loki run in containers only")
    if monitoring.gpu_metrics and (runtime == "host" or engine != "sglang"):
        why = "DCGM's exporter runs in a container only" if runtime == "host" else "no GPU is in use"
        decisions.choose("GPU metrics", "none", why=why)


def plan_tracing(outline: Outline, fleet: Fleet) -> Tracing | None:
    """None where it is not asked for, or nothing could run it."""
    if not traced(outline):
        return None
    where = outline.where
    names = [service.name for service in (*fleet.auxiliaries, *fleet.routers)]
    return Tracing(
        collector=_collector(outline),
        tempo=_tempo(outline),
        loki=_loki(outline),
        otlp_port=OTLP_PORT,
        otlp_http_port=OTLP_HTTP_PORT,
        syslog_port=_SYSLOG_PORT,
        syslog_address=f"udp://{where.collector}:{_SYSLOG_PORT}",
        logged=(EDGE, *names, *(replica.name for replica in fleet.replicas)),
        retention_hours=24 * outline.spec.monitoring.tracing_days,
    )


def _collector(outline: Outline) -> Service:
    """Its image holds its program and nothing else."""
    address = outline.where.collector
    return Service(
        name=COLLECTOR,
        image=images.COLLECTOR,
        address=address,
        port=OTLP_PORT,
        argv=("/otelcol-contrib", "--config=/etc/collector/config.yaml"),
        environment=(),
        mounts=(_configuration(COLLECTOR),),
        health=None,
        ready_url="",
        metrics=f"{address}:{_COLLECTOR_METRICS}",
    )


def _tempo(outline: Outline) -> Service:
    address = outline.where.tempo
    return Service(
        name=TEMPO,
        image=images.TEMPO,
        address=address,
        port=_TEMPO_PORT,
        argv=("/tempo", "-config.file=/etc/tempo/tempo.yaml"),
        environment=(),
        mounts=(_configuration(TEMPO), Mount("volume", TEMPO_VOLUME, "/var/tempo", "rw")),
        health=_health(outline, _TEMPO_PORT),
        ready_url=f"http://{address}:{_TEMPO_PORT}/ready",
        metrics=f"{address}:{_TEMPO_PORT}",
    )


def _loki(outline: Outline) -> Service:
    address = outline.where.loki
    return Service(
        name=LOKI,
        image=images.LOKI,
        address=address,
        port=_LOKI_PORT,
        argv=("/usr/bin/loki", "-config.file=/etc/loki/loki.yaml"),
        environment=(),
        mounts=(_configuration(LOKI), Mount("volume", LOKI_VOLUME, "/loki", "rw")),
        health=_health(outline, _LOKI_PORT),
        ready_url=f"http://{address}:{_LOKI_PORT}/ready",
        metrics=f"{address}:{_LOKI_PORT}",
    )


def _configuration(name: str) -> Mount:
    return Mount("bind", f"./{name}", f"/etc/{name}", "ro")


def _health(outline: Outline, port: int) -> HealthCheck:
    """Both images are distroless ones with busybox beside (cmd/tempo/Dockerfile, cmd/loki/Dockerfile)."""
    return HealthCheck(
        test=("CMD", "/busybox/wget", "-q", "-O", "/dev/null", f"http://127.0.0.1:{port}/ready"),
        interval=10,
        timeout=5,
        retries=3,
        start_period=60,
        start_interval=start_interval(outline.facts),
    )
