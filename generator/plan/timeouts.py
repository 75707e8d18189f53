"""The ladder of timeouts."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Timeouts:
    """The ladder, each rung above the one before: queue + request < edge read < client, stop."""

    request: int
    """The longest a generation may run; the engine cuts it."""
    queue: int
    """The longest a request may wait in the engine's queue."""
    edge_read: int
    client: int
    stop_grace: int
    edge_connect_ms: int
    """In milliseconds: what a request waits for an address that is gone before it tries another one."""
    engine_keepalive: int
    edge_keepalive: int
