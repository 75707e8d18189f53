"""What every service has, and the services that stand beside the replicas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.plan.vocabulary import Environment


@dataclass(frozen=True)
class Mount:
    """`source` is a volume name (kind volume) or a host path (kind bind)."""

    kind: Literal["volume", "bind"]
    source: str
    target: str
    mode: Literal["ro", "rw"]


@dataclass(frozen=True)
class HealthCheck:
    """Compose's healthcheck. `start_interval` is None where the engine is too old to accept it (< 25)."""

    test: tuple[str, ...]
    interval: int
    timeout: int
    retries: int
    start_period: int
    start_interval: int | None


@dataclass(frozen=True)
class Service:
    """A server that others of the deployment need, such as a key-value store, or that looks on; it is never published."""

    name: str
    image: str
    """"" in the host runtime."""
    address: str
    port: int
    argv: tuple[str, ...]
    environment: Environment
    mounts: tuple[Mount, ...]
    health: HealthCheck | None
    """None where the image has nothing to ask with."""
    ready_url: str
    """Answers 2xx once it serves; reachable from the host in the host runtime only."""
    metrics: str
    """Where Prometheus scrapes it, `address:port`; "" where it has no metrics."""
