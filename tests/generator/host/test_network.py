"""Routes are read in the kernel's form; a project's own network is not in its own way."""

from __future__ import annotations

from pathlib import Path

from generator.host.network import routed_subnets, subnets_of, without

# /proc/net/route of a machine with Docker, a VPN and a default route.
ROUTES = """\
Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT
eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0
eth0\t0001A8C0\t00000000\t0001\t0\t0\t100\t00FFFFFF\t0\t0\t0
docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0
tun0\t0000000A\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0
"""


def test_routed_subnets_are_those_of_the_table_without_the_default_route(tmp_path: Path) -> None:
    table = tmp_path / "route"
    table.write_text(ROUTES)
    assert routed_subnets(table) == ("10.0.0.0/8", "172.17.0.0/16", "192.168.1.0/24")


def test_a_host_without_a_table_routes_nothing(tmp_path: Path) -> None:
    assert routed_subnets(tmp_path / "none") == ()


def test_only_ipv4_pools_count() -> None:
    networks: list[dict[str, dict[str, list[dict[str, str]]]]] = [
        {"IPAM": {"Config": [{"Subnet": "fd00::/64"}, {"Subnet": "172.30.0.0/24"}]}},
        {"IPAM": {"Config": []}},
    ]
    assert [str(network) for network in subnets_of(networks)] == ["172.30.0.0/24"]


def test_the_projects_own_subnets_are_not_in_use() -> None:
    assert without(("10.0.0.0/8", "172.30.0.0/24"), "172.30.0.0/24") == ("10.0.0.0/8",)
