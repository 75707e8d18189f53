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

PROJECT_LABEL = "com.docker.compose.project"


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


def project_subnets(project: str, *, docker: str) -> tuple[str, ...]:
    """IPv4 subnets of the networks that Compose made for `project`, sorted."""
    listed = ask(
        (docker, "network", "ls", "-q", "--filter", f"label={PROJECT_LABEL}={project}"), timeout=TIMEOUT
    )
    ids = listed.stdout.split()
    if listed.status != 0 or not ids:
        return ()
    inspected = ask((docker, "network", "inspect", *ids), timeout=TIMEOUT)
    if inspected.status != 0:
        return ()
    return tuple(str(network) for network in sorted(subnets_of(json.loads(inspected.stdout))))


def subnets_of(networks: Iterable[dict[str, dict[str, list[dict[str, str]]]]]) -> Iterator[IPv4Network]:
    """The IPv4 subnets in what `docker network inspect` printed."""
    for network in networks:
        for pool in network["IPAM"]["Config"] or ():
            if "." in pool.get("Subnet", ""):
                yield IPv4Network(pool["Subnet"])


def without(subnets: Iterable[str], own: Iterable[str]) -> tuple[str, ...]:
    """`subnets` less those that belong to the project itself."""
    owned = [IPv4Network(subnet) for subnet in own]
    return tuple(s for s in subnets if not any(IPv4Network(s).subnet_of(network) for network in owned))
