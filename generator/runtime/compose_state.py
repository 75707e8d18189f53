"""What python-on-whales tells of a container or network -> the snapshot's values. Pure.

The arguments are its inspected objects; their types are not named here, because importing the library is left
to one module.
"""

from __future__ import annotations

from typing import Any

from generator.runtime.observed import NetworkState, ServiceState

SERVICE = "com.docker.compose.service"
NETWORK = "com.docker.compose.network"
DIGEST = "com.docker.compose.config-hash"


def container_state(container: Any) -> ServiceState:
    """`container` is a `python_on_whales.Container`."""
    state, labels = container.state, container.config.labels
    runs = state.status in ("running", "paused")
    return ServiceState(
        name=labels[SERVICE],
        state=state.status,
        health=state.health.status if state.health and runs else "none",
        digest=labels[DIGEST],
        image=container.image,
        restarts=container.restart_count,
        exit_code=None if runs else state.exit_code,
        since=state.started_at.strftime("%Y-%m-%dT%H:%M:%SZ") if runs else "",
        reason=state.error or "",
    )


def network_state(network: Any) -> NetworkState:
    """`network` is a `python_on_whales.Network`; of several subnets the first counts."""
    subnets = [config.get("Subnet", "") for config in network.ipam.config or ()]
    return NetworkState(network.labels[NETWORK], subnets[0] if subnets else "")


def published_ports(container: Any) -> tuple[int, ...]:
    """Ports of this host that the container publishes when it runs."""
    bindings = container.host_config.port_bindings or {}
    return tuple(int(binding.host_port) for found in bindings.values() for binding in found or ())
