"""What only one running service can have, read from its definition: addresses, GPUs, ports of the host."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from generator.runtime.wanted import Definition


def claims(definition: Definition) -> frozenset[str]:
    """`address 172.16.9.11` and `GPU GPU-5f0a...` of a container, `port 30000` of a process."""
    if "image" in definition:
        return frozenset((*_addresses(definition), *_gpus(definition)))
    return frozenset(_ports(definition))


def _addresses(definition: Definition) -> Iterator[str]:
    networks: Any = definition.get("networks", {})
    # A list names networks in which it has whatever address is free.
    for network in networks.values() if isinstance(networks, dict) else ():
        if network and "ipv4_address" in network:
            yield f"address {network['ipv4_address']}"


def _gpus(definition: Definition) -> Iterator[str]:
    deploy: Any = definition.get("deploy", {})
    for device in deploy.get("resources", {}).get("reservations", {}).get("devices", ()):
        yield from (f"GPU {gpu}" for gpu in device.get("device_ids", ()))


def _ports(definition: Definition) -> Iterator[str]:
    """A worker of Dynamo has no --port: its metrics are at what its environment names."""
    command: Any = definition.get("command", ())
    yield from (f"port {value}" for flag, value in pairwise(command) if flag == "--port")
    environment: Any = definition.get("environment", {})
    if "DYN_SYSTEM_PORT" in environment:
        yield f"port {environment['DYN_SYSTEM_PORT']}"
