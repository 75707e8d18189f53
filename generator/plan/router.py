"""A router between the edge and the replicas: the edge sends it everything, it picks the replica."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.plan.service import Service

RouterKind = Literal["sglang-router", "dynamo"]


@dataclass(frozen=True)
class Router(Service):
    """Keys, TLS, limits and the log stay with the edge; a router sees what the edge let in."""

    kind: RouterKind
    max_connections: int
    """Most requests the edge may have open on it: what its replicas take together; 0 is no bound."""
