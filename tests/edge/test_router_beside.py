"""A router whose pair is incomplete is left out, and the unified replicas beside it get everything."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from generator.spec.loading import validated
from tests.edge.running import Edge, Nginx, eventually, running_edge
from tests.ports import free_ports
from tests.stub_replica import stub_replica

CHAT = "/v1/chat/completions"


def answered_by(edge: Edge, *, requests: int = 12) -> set[str]:
    """Who answered that many requests; all must succeed."""
    answers = [httpx.post(edge.url + CHAT, json={}, trust_env=False) for _ in range(requests)]
    assert {answer.status_code for answer in answers} == {200}
    return {answer.headers["X-Replica"] for answer in answers}


def becomes(edge: Edge, expected: set[str]) -> Callable[[], bool]:
    return lambda: answered_by(edge) == expected


# Debian's NGINX has nobody who asks the router how it is.
@pytest.mark.docker
def test_it_is_used_again_when_its_pair_is_whole(image_nginx: Nginx, tmp_path: Path) -> None:
    ports = free_ports(8)
    spec = {
        "engine": "simulator",
        "runtime": "host",
        "topology": "disaggregated",
        "replicas": 1,
        "port": ports[0],
        "replica_port": ports[5],
        "router": {"port": ports[3], "metrics_port": ports[4]},
        "monitoring": {"prometheus_port": ports[1], "edge_metrics_port": ports[2]},
    }
    both = {"router", "replica-0"}
    with (
        stub_replica(ports[3]) as router,
        stub_replica(ports[7]),
        running_edge(image_nginx, validated(spec, source="test", lines={}), directory=tmp_path) as edge,
    ):
        eventually(becomes(edge, both), what="one of them is not used")
        router.health = "sick"
        eventually(becomes(edge, {"replica-0"}), what="the router is still asked")
        router.health = "well"
        eventually(becomes(edge, both), what="the router is not used again")
