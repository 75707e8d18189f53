"""What tells Prometheus of NATS and of the GPUs; Compose only.

Flags are those of prometheus-nats-exporter 0.17 and of dcgm-exporter 4.2, ports their own defaults. Dynamo's
deploy/docker-observability.yml (ai-dynamo/dynamo) has the same two.
"""

from __future__ import annotations

from generator import images
from generator.plan.model import GpuExporter, Replica, Service
from generator.planner.addresses import GPU_EXPORTER, NATS_EXPORTER
from generator.planner.dynamo_stores import nats_monitor
from generator.planner.outline import Outline
from generator.planner.trace_export import traced

_NATS_EXPORTER_PORT = 7777
_GPU_EXPORTER_PORT = 9400


def plan_exporters(outline: Outline) -> tuple[Service, ...]:
    """NATS' own monitoring speaks JSON."""
    monitor = nats_monitor(outline)
    if not (monitor and traced(outline)):
        return ()
    address, port = outline.where.nats_exporter, _NATS_EXPORTER_PORT
    return (
        Service(
            name=NATS_EXPORTER,
            image=images.NATS_EXPORTER,
            address=address,
            port=port,
            argv=(
                *("/prometheus-nats-exporter", "-port", str(port)),
                *("-varz", "-connz", "-subz", "-jsz=all", monitor),
            ),
            environment=(),
            mounts=(),
            health=None,
            ready_url="",
            metrics=f"{address}:{port}",
        ),
    )


def plan_gpu_exporter(outline: Outline, replicas: tuple[Replica, ...]) -> GpuExporter | None:
    """Of the GPUs in use alone. Without SYS_ADMIN it leaves out the profiling counters, which slow an engine down."""
    gpus = tuple(dict.fromkeys(gpu for replica in replicas for gpu in replica.gpus))
    wanted = outline.spec.monitoring.gpu_metrics and outline.contained and outline.engine == "sglang"
    if not (wanted and gpus):
        return None
    address, port = outline.where.gpu_exporter, _GPU_EXPORTER_PORT
    return GpuExporter(
        name=GPU_EXPORTER,
        image=images.GPU_EXPORTER,
        address=address,
        port=port,
        # Not the image's entrypoint, which first gives the program a capability that nobody has here.
        argv=("dcgm-exporter", "--address", f":{port}"),
        environment=(),
        mounts=(),
        health=None,
        ready_url="",
        metrics=f"{address}:{port}",
        gpus=gpus,
    )
