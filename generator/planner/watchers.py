"""Who looks on: Prometheus and Grafana, what keeps traces and logs, and exporters for what has no metrics of its own."""

from __future__ import annotations

from dataclasses import dataclass

from generator.plan.model import Edge, GpuExporter, Grafana, Prometheus, Service, Tracing
from generator.planner.exporters import plan_exporters, plan_gpu_exporter
from generator.planner.fleet import Fleet
from generator.planner.monitoring import plan_grafana, plan_prometheus
from generator.planner.outline import Outline
from generator.planner.tracing import plan_tracing


@dataclass(frozen=True)
class Watchers:
    """None of them is needed by whoever serves."""

    prometheus: Prometheus
    grafana: Grafana | None
    tracing: Tracing | None
    exporters: tuple[Service, ...]
    gpu_exporter: GpuExporter | None


def plan_watchers(outline: Outline, fleet: Fleet, edge: Edge) -> Watchers:
    """Prometheus last but Grafana: it asks all the others."""
    tracing = plan_tracing(outline, fleet)
    exporters, gpu_exporter = plan_exporters(outline), plan_gpu_exporter(outline, fleet.replicas)
    kept = tracing.services if tracing else ()
    asked = (*kept, *exporters, *((gpu_exporter,) if gpu_exporter else ()))
    prometheus = plan_prometheus(outline, fleet, edge, asked)
    return Watchers(prometheus, plan_grafana(outline, prometheus), tracing, exporters, gpu_exporter)
