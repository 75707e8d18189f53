"""An example as a test can start it: the same spec, at ports and files of the test."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from generator.examples.folder import file_of
from tests.ports import free_ports

PORTS = 24
"""As many as any example takes."""


def example_ports() -> list[int]:
    """As many as any example takes."""
    return free_ports(PORTS)


def moved(name: str, *, folder: Path, ports: Sequence[int]) -> dict[str, Any]:
    """Whoever counts on from a port, such as the replicas, has five."""
    spec: dict[str, Any] = YAML(typ="safe").load(file_of(name))
    spec |= {"port": ports[0], "replica_port": ports[3], "simulator": {"startup_seconds": 0.1}}
    monitoring = spec.get("monitoring", {})
    spec["monitoring"] = {**monitoring, "prometheus_port": ports[1], "edge_metrics_port": ports[2]}
    spec["router"] = {**spec.get("router", {}), "port": ports[8], "metrics_port": ports[9]}
    if spec.get("topology") == "disaggregated":
        spec["disaggregation"] = {**spec.get("disaggregation", {}), "bootstrap_port": ports[10]}
    if spec.get("routing") == "dynamo":
        names = {"port": 15, "kv_events_port": 16, "etcd_port": 20, "nats_port": 22}
        spec["dynamo"] = {**spec.get("dynamo", {}), **{key: ports[at] for key, at in names.items()}}
    return spec | ({"api_keys_file": str(folder / "keys")} if "api_keys_file" in spec else {})
