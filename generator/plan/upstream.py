"""Whom the edge sends requests to, in NGINX's words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Placing = Literal["cache", "health", "hash", "none"]
"""Who picks a replica: js/routing by what it has cached, or least_conn among those that are well; NGINX by hash, or
least_conn."""


@dataclass(frozen=True)
class UpstreamServer:
    """One `server` line of the NGINX upstream; `replica` goes into the comment and the log: a router's name, where there is one."""

    replica: str
    route: str
    """What the edge's scripts call it."""
    address: str
    max_fails: int
    fail_timeout: int
    max_conns: int
    ready_path: str
    """Asked every second: 200 where it would serve a request."""
    health_path: str
    """Asked every ten seconds: whether it hangs."""
    down: bool = False
    """Whether it gets no requests: its replica is parked."""


@dataclass(frozen=True)
class Upstream:
    """NGINX's upstream block."""

    name: str
    placing: Placing
    checked: bool
    """Whether the edge asks replicas how they are."""
    zone_size: str
    servers: tuple[UpstreamServer, ...]
    keepalive: int
    keepalive_timeout: int
    ready_path: str
    """Answers 200 where a request would be served, at once and without a key."""
    health_path: str
    """Answers 200 when a replica has generated a token."""
