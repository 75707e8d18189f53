"""What deployment.yaml says of Prometheus, Grafana and what else looks on."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StrictInt
from pydantic.functional_validators import AfterValidator

from generator.spec.nodes import Address
from generator.spec.rules import duration
from generator.spec.strict import Port, Strict


class MonitoringSpec(Strict):
    """Prometheus and Grafana, and what they may look at besides metrics."""

    bind_address: Address = Field(
        default="127.0.0.1",
        description="Host address of Prometheus and Grafana. Prometheus asks nobody for a password: leave it on loopback.",
    )
    prometheus_port: Port = Field(default=9090, description="Host port of Prometheus.")
    grafana: bool = Field(default=True, description="Whether Grafana runs (Compose runtime only).")
    grafana_port: Port = Field(default=3000, description="Host port of Grafana.")
    tracing: bool = Field(
        default=False,
        description="Whether requests are traced from the edge through the engines, and logs are gathered: an OpenTelemetry "
        "collector, Tempo and Loki, looked at in Grafana (Compose runtime only). See docs/tracing.md.",
    )
    tracing_days: StrictInt = Field(
        default=3, ge=1, le=90, description="Days that traces and gathered logs are kept."
    )
    gpu_metrics: bool = Field(
        default=False,
        description="Whether NVIDIA's DCGM exporter tells Prometheus of load, memory, power and heat of the GPUs in use "
        "(Compose runtime only).",
    )
    edge_metrics_port: Port = Field(
        default=9145,
        description="Port of the edge's own metrics; on the host it matters in the host runtime only.",
    )
    scrape_interval: StrictInt = Field(default=5, ge=1, le=300, description="Seconds between two scrapes.")
    retention: Annotated[str, AfterValidator(duration)] = Field(
        default="15d", description="How long Prometheus keeps samples, e.g. `15d`."
    )
