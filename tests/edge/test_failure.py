"""Replicas that die, hang and come back: who notices, and for how long."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.edge.black_hole import black_hole
from tests.edge.conftest import StartEdge
from tests.edge.running import Edge, Nginx, eventually, replaced, running_edge
from tests.edge.specs import spec_of
from tests.edge.stub_behaviours import events
from tests.edge.stub_engine import EngineRoom, StubEngine, engine_room
from tests.ports import free_ports

CHAT = "/v1/chat/completions"


def post(edge: Edge, behaviour: str = "answer:0") -> httpx.Response:
    return httpx.post(edge.url + CHAT, json={}, headers={"X-Stub": behaviour}, trust_env=False, timeout=20)


def stream(edge: Edge) -> tuple[str, bytes]:
    """Which replica, and all that it sent before the end, however it ended."""
    received = b""
    with httpx.stream(
        "POST", edge.url + CHAT, json={}, headers={"X-Stub": "stream:60:0.05"}, trust_env=False
    ) as answer:
        try:
            for piece in answer.iter_raw():
                received += piece
        except httpx.RemoteProtocolError:
            pass
        return answer.headers["X-Replica"], received


def open_streams(room: EngineRoom) -> list[int]:
    return [engine.open for engine in room.engines]


def test_a_killed_replica_costs_the_requests_on_it_and_no_other(
    engines: EngineRoom, start_edge: StartEdge
) -> None:
    edge = start_edge(engines)
    victim, survivor = engines.engines
    with ThreadPoolExecutor(8) as pool:
        streams = [pool.submit(stream, edge) for _ in range(8)]
        eventually(lambda: sum(open_streams(engines)) == 8)
        on_victim = victim.open
        assert 0 < on_victim < 8
        engines.run(victim.kill())
        after = [post(edge) for _ in range(20)]
        ended = [each.result() for each in streams]
    assert [answer.status_code for answer in after] == [200] * 20
    assert {answer.headers["X-Replica"] for answer in after} == {"replica-1"}
    whole = [replica for replica, received in ended if received == events(60)]
    assert whole == ["replica-1"] * (8 - on_victim)
    assert len(survivor.arrivals) == 8 - on_victim + 20


def test_a_replica_that_comes_back_is_used_again(engines: EngineRoom, start_edge: StartEdge) -> None:
    edge = start_edge(engines)
    victim = engines.engines[0]
    engines.run(victim.kill())
    assert [post(edge).status_code for _ in range(5)] == [200] * 5
    engines.run(victim.start())

    def used() -> bool:
        post(edge)
        return bool(victim.arrivals)

    # NGINX itself tries a server again after `fail_timeout`, 5 s.
    eventually(used, within=15)


def test_an_edge_without_any_replica_starts_says_so_and_serves_when_one_comes(start_edge: StartEdge) -> None:
    room = EngineRoom((StubEngine(free_ports(1)[0]),))
    edge = start_edge(room)
    assert post(edge).status_code == 503
    assert post(edge).headers["Retry-After"] == "5"
    with engine_room(room.engines[0].port, count=1):
        eventually(lambda: post(edge).status_code == 200, within=15)


def test_the_places_of_a_dead_replica_are_refused_as_full_or_as_gone(
    engines: EngineRoom, start_edge: StartEdge
) -> None:
    edge = start_edge(engines, limits={"requests_per_replica": 2})
    engines.run(engines.engines[0].kill())
    eventually(lambda: post(edge).status_code == 200)
    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(post, edge, "answer:3") for _ in range(4)]
        found = sorted(each.result().status_code for each in asked)
    assert found[:2] == [200, 200]
    assert set(found[2:]) <= {429, 503}
    if edge.plan.edge.upstream.checked:
        eventually(lambda: "gets no more requests" in edge.log(), what=edge.log)
        with ThreadPoolExecutor(4) as pool:
            asked = [pool.submit(post, edge, "answer:3") for _ in range(4)]
            assert sorted(each.result().status_code for each in asked) == [200, 200, 429, 429]


@pytest.fixture
def checking(image_nginx: Nginx, engines: EngineRoom, tmp_path: Path) -> Iterator[Edge]:
    """An edge that asks its replicas how they are, with an engine's hang found out sooner than every 10 s."""
    spec = spec_of(engines, routing="least_conn")
    impatient = replaced("nginx/conf.d/metrics.conf", "interval=10s", "interval=1s")
    with running_edge(image_nginx, spec, directory=tmp_path, alter=impatient) as edge:
        yield edge


def test_a_hung_replica_is_taken_out_from_outside_the_request_path_and_comes_back(
    checking: Edge, engines: EngineRoom
) -> None:
    hung, well = engines.engines
    hung.state = "hung"
    eventually(lambda: "gets no more requests" in checking.log(), within=30, what=checking.log)
    assert [post(checking).status_code for _ in range(10)] == [200] * 10
    assert (len(hung.arrivals), len(well.arrivals)) == (0, 10)
    hung.state = "well"
    eventually(lambda: "is well again" in checking.log(), within=15, what=checking.log)
    eventually(lambda: post(checking).status_code == 200 and bool(hung.arrivals), within=15)


def test_no_request_waits_for_an_address_that_is_gone(image_nginx: Nginx, tmp_path: Path) -> None:
    first = free_ports(2)[0]
    with engine_room(first + 1, count=1) as room, black_hole(first):
        spec = spec_of(room, replicas=2, replica_port=first)
        # Whoever waited for the address would wait this long.
        patient = replaced(
            "nginx/conf.d/server.conf", r"proxy_connect_timeout \d+ms", "proxy_connect_timeout 30s"
        )
        with running_edge(image_nginx, spec, directory=tmp_path, alter=patient) as edge:
            eventually(lambda: "gets no more requests" in edge.log(), within=30, what=edge.log)
            answers = [post(edge) for _ in range(10)]
    assert {answer.headers["X-Replica"] for answer in answers} == {"replica-1"}


def test_without_checks_a_gone_address_costs_one_request_a_wait_now_and_then(
    host_nginx: Nginx, tmp_path: Path
) -> None:
    """What the older NGINX can do: the first request pays `proxy_connect_timeout`, the next ones nothing."""
    first = free_ports(2)[0]
    with engine_room(first + 1, count=1) as room, black_hole(first):
        spec = spec_of(room, replicas=2, replica_port=first)
        with running_edge(host_nginx, spec, directory=tmp_path) as edge:
            waited = [post(edge).elapsed.total_seconds() for _ in range(10)]
    least = edge.plan.timeouts.edge_connect_ms / 1000
    assert sum(seconds >= least for seconds in waited) == 1
