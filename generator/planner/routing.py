"""How the edge picks a replica: what the spec asks for, in the way the edge's NGINX can do it."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from generator.facts import NginxFacts, Version
from generator.plan.model import Placing, Replica, Router, Timeouts, Upstream, UpstreamServer
from generator.planner.addresses import uses_router
from generator.planner.decisions import Decisions
from generator.spec.model import DeploymentSpec

# `sticky route` is in the open-source build since then: https://nginx.org/en/docs/http/ngx_http_upstream_module.html
STICKY_SINCE: Version = (1, 29, 6)
CHOOSES_SINCE = f"NGINX {'.'.join(map(str, STICKY_SINCE))} and njs 0.8.1"
"""In words: what it takes to place by cache, and to leave out replicas that are not well."""

# Per worker and over all replicas; a connection that finds no place is closed and has to be opened again.
_KEEPALIVE = 256

_WHY: dict[Placing, str] = {
    "cache": "the edge sends a request where most of its prompt is cached, as far as load allows",
    "health": "the edge balances over the replicas that are well",
    "hash": f"by consistent hash: placing by cache needs {CHOOSES_SINCE}",
    "none": "NGINX balances",
}


def choose_placing(spec: DeploymentSpec, nginx: NginxFacts, count: int, decisions: Decisions) -> Placing:
    """One replica needs no routing, and a router does its own; the rest follows from what NGINX and njs can do."""
    placing = _placing(spec, nginx, count)
    if uses_router(spec):
        if placing == "none" and count > 1:
            decisions.warn(
                "a router whose pair is incomplete still gets its share of the requests, and they fail: leaving it out "
                f"needs {CHOOSES_SINCE}"
            )
        decisions.choose("routing", "sglang-router", why=f"by its policy {spec.router.policy}")
        return placing
    if spec.routing == "dynamo":
        decisions.choose("routing", spec.routing, why=f"by its mode {spec.dynamo.router_mode}")
        return placing
    decisions.choose("routing", spec.routing, why="there is one replica" if count == 1 else _WHY[placing])
    return placing


def _placing(spec: DeploymentSpec, nginx: NginxFacts, count: int) -> Placing:
    can_be_told = nginx.version >= STICKY_SINCE and nginx.njs_memory == "shared"
    if spec.routing == "affinity" and count > 1 and not uses_router(spec):
        return "cache" if can_be_told else "hash"
    return "health" if can_be_told else "none"


def plan_upstream(behind: Sequence[Replica | Router], *, placing: Placing, timeouts: Timeouts) -> Upstream:
    """A server for each replica, or router; its route is its place among all of them, whichever of them are in."""
    servers = tuple(
        UpstreamServer(
            replica=server.name,
            route=f"r{number}",
            address=f"{server.address}:{server.port}",
            max_fails=1,
            fail_timeout=5,
            max_conns=server.max_connections,
            ready_path=urlsplit(server.ready_url).path,
            health_path="/health",
        )
        for number, server in enumerate(behind)
    )
    return Upstream(
        name="replicas",
        placing=placing,
        checked=placing in ("cache", "health"),
        zone_size="256k",
        servers=servers,
        keepalive=_KEEPALIVE,
        keepalive_timeout=timeouts.edge_keepalive,
        ready_path=_common([urlsplit(server.ready_url).path for server in behind]),
        health_path=_common([_health_path(server) for server in behind]),
    )


def _common(paths: Sequence[str]) -> str:
    """A router and replicas beside it have but this one in common."""
    return paths[0] if len(set(paths)) == 1 else "/health"


def _health_path(server: Replica | Router) -> str:
    """sglang-router says 200 at `/health` as long as it runs itself; `/health_generate` asks a replica."""
    is_router = isinstance(server, Router) and server.kind == "sglang-router"
    return "/health_generate" if is_router else "/health"
