"""The load generator of a Compose deployment."""

from __future__ import annotations

from dataclasses import dataclass

from generator.plan.service import Mount
from generator.plan.vocabulary import Environment


@dataclass(frozen=True)
class LoadGenerator:
    """The load test in the kit's image, started by hand and gone when it is done.

    It shares the edge's network: nothing of the host lies between them, and it reads the replicas' metrics.
    """

    name: str
    image: str
    build_context: str
    """Relative to compose.yaml."""
    beside: str
    """The service whose network it shares."""
    environment: Environment
    mounts: tuple[Mount, ...]
