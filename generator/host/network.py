"""Networks: what the host routes already, and what this project's own network has."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from pathlib import Path

from generator.host.ask import ask

ROUTES = Path("/proc/net/route")
TIMEOUT = 5.0

ENGINES_NETWORK = "engines"
"""The only network of a deployment whose subnet the plan chooses; Docker chooses those of the others."""


def routed_subnets(routes: Path = ROUTES) -> tuple[str, ...]:
    """Subnets in the main IPv4 routing table, without the default route. `routes` is in /proc/net/route's form:
    addresses as hexadecimal in the machine's byte order."""
    try:
        rows = [line.split() for line in routes.read_text().splitlines()[1:]]
    except OSError:
        return ()
    networks = {IPv4Network((address(row[1]), prefix_length(row[7]))) for row in rows if len(row) > 7}
    return tuple(str(network) for network in sorted(networks) if network.prefixlen > 0)


def address(hexadecimal: str) -> int:
    """0000A8C0 is 192.168.0.0, as the number that `ipaddress` takes."""
    (number,) = struct.unpack(">I", struct.pack("=I", int(hexadecimal, 16)))
    return int(number)


def prefix_length(hexadecimal: str) -> int:
    """00FFFFFF is /24."""
    return address(hexadecimal).bit_count()


def engines_subnet(project: str, *, docker: str) -> str:
    """IPv4 subnet of the network that Compose made for the replicas of `project`, "" when there is none."""
    labels = {"project": project, "network": ENGINES_NETWORK}
    filters = (f"--filter=label=com.docker.compose.{name}={value}" for name, value in labels.items())
    listed = ask((docker, "network", "ls", "-q", *filters), timeout=TIMEOUT)
    ids = listed.stdout.split()
    if listed.status != 0 or not ids:
        return ""
    inspected = ask((docker, "network", "inspect", ids[0]), timeout=TIMEOUT)
    if inspected.status != 0:
        return ""
    return next((str(network) for network in subnets_of(json.loads(inspected.stdout))), "")


def subnets_of(networks: Iterable[dict[str, dict[str, list[dict[str, str]]]]]) -> Iterator[IPv4Network]:
    """The IPv4 subnets in what `docker network inspect` printed."""
    for network in networks:
        for pool in network["IPAM"]["Config"] or ():
            if "." in pool.get("Subnet", ""):
                yield IPv4Network(pool["Subnet"])


def without(subnets: Iterable[str], own: str) -> tuple[str, ...]:
    """`subnets` less the deployment's own, "" for none."""
    return tuple(subnet for subnet in subnets if subnet != own)
