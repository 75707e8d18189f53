"""What Docker tells of a container or network -> the snapshot's values. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from generator.runtime.observed import NetworkState, ServiceState

SERVICE = "com.docker.compose.service"
NETWORK = "com.docker.compose.network"
DIGEST = "com.docker.compose.config-hash"

Inspection = Mapping[str, Any]
"""The object that `docker inspect` prints for a container."""


def container_state(container: Inspection) -> ServiceState:
    """Times are cut to seconds."""
    state, labels = container["State"], container["Config"]["Labels"]
    runs = state["Status"] in ("running", "paused")
    return ServiceState(
        name=labels[SERVICE],
        state=state["Status"],
        health=state["Health"]["Status"] if runs and "Health" in state else "none",
        digest=labels[DIGEST],
        image=container["Image"],
        restarts=container["RestartCount"],
        exit_code=None if runs else state["ExitCode"],
        since=f"{state['StartedAt'][:19]}Z" if runs else "",
        reason=state["Error"],
    )


def started_at(container: Inspection) -> datetime:
    """When the present or last run began."""
    return datetime.fromisoformat(container["State"]["StartedAt"])


def network_state(network: Any) -> NetworkState:
    """`network` is a `python_on_whales.Network`; of several subnets the first counts."""
    subnets = [config.get("Subnet", "") for config in network.ipam.config or ()]
    return NetworkState(network.labels[NETWORK], subnets[0] if subnets else "")


def published_ports(container: Inspection) -> tuple[int, ...]:
    """Ports of this host that the container publishes when it runs."""
    bindings = container["HostConfig"]["PortBindings"] or {}
    return tuple(int(binding["HostPort"]) for found in bindings.values() for binding in found or ())
