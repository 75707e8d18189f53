"""What looks on besides Prometheus: the collector with Tempo and Loki, and exporters; Compose only."""

from __future__ import annotations

from dataclasses import dataclass

from generator.plan.service import Service


@dataclass(frozen=True)
class GpuExporter(Service):
    """DCGM's, with the GPUs that it sees."""

    gpus: tuple[str, ...]


@dataclass(frozen=True)
class Tracing:
    """Spans go from the engines to the collector, from there to Tempo; log lines to it, and from there to Loki."""

    collector: Service
    tempo: Service
    loki: Service
    otlp_port: int
    """The collector's and Tempo's, for OTLP over gRPC."""
    otlp_http_port: int
    """The collector's, for OTLP over HTTP."""
    syslog_port: int
    syslog_address: str
    """Where Docker sends the lines of `logged`, by UDP: whether somebody takes them holds up nobody."""
    logged: tuple[str, ...]
    """Services whose log is gathered."""
    retention_hours: int

    @property
    def services(self) -> tuple[Service, ...]:
        """In the order of a line's way."""
        return (self.collector, self.tempo, self.loki)
