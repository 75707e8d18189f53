"""A port that somebody else holds must be named before anything is started."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from generator.errors import HostError
from generator.runtime.ports import Endpoint, process_endpoints, published_endpoints, require_free
from tests.generator.runtime.situations import GPU_HOST, plan_of


@pytest.fixture
def held() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_held_port_is_named_with_its_service_and_its_holder(held: int) -> None:
    with pytest.raises(HostError, match=rf"port {held}, which edge needs .* \(pid {os.getpid()}\)"):
        require_free([Endpoint("edge", "127.0.0.1", held)])


def test_a_port_of_our_own_processes_is_no_obstacle(held: int) -> None:
    require_free([Endpoint("edge", "127.0.0.1", held)], own=(os.getpid(),))


def test_compose_publishes_the_edge_and_what_watches_it() -> None:
    plan = plan_of("checkpoint_path: /models/m\nport: 1234", facts=GPU_HOST)
    assert [(each.service, each.port) for each in published_endpoints(plan)] == [
        ("edge", 1234),
        ("prometheus", 9090),
        ("grafana", 3000),
    ]


def test_processes_listen_on_one_port_a_replica_too() -> None:
    plan = plan_of("runtime: host\nport: 1234\nreplica_port: 4000")
    assert [(each.service, each.port) for each in process_endpoints(plan)] == [
        ("replica-0", 4000),
        ("replica-1", 4001),
        ("edge", 1234),
        ("edge", 9145),
        ("prometheus", 9090),
    ]
