"""Specs of deployments whose replicas are stub engines."""

from __future__ import annotations

from typing import Any

from generator.spec import DeploymentSpec
from generator.spec.loading import validated
from tests.edge.stub_engine import EngineRoom
from tests.ports import free_ports


def spec_of(room: EngineRoom, **keys: Any) -> DeploymentSpec:
    """The spec of a host deployment with these engines as replicas, on free ports; `keys` are added to it."""
    port = free_ports(4)[0]
    given = {
        "engine": "simulator",
        "runtime": "host",
        "replicas": len(room.engines),
        "replica_port": room.engines[0].port,
        "port": port,
        "monitoring": {"edge_metrics_port": port + 1, "prometheus_port": port + 2},
        **keys,
    }
    return validated(given, source="test", lines={})
