"""Replicas that are parked get nothing, however well they are, and what they had open comes to its end."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from generator.output import write
from generator.parking.change import parked
from generator.render import render
from tests.edge.bodies import Body, chat
from tests.edge.conftest import StartEdge
from tests.edge.placing import CHAT, ask, ask_all
from tests.edge.running import Edge, eventually
from tests.edge.stub_behaviours import DONE
from tests.edge.stub_engine import EngineRoom, engine_room
from tests.ports import free_ports

ROUTINGS = ("affinity", "least_conn")
MANY = 64
"""Conversations of which every replica gets some, even where a hash shares them out."""


@pytest.fixture
def four_engines() -> Iterator[EngineRoom]:
    """Two to keep and two to park."""
    with engine_room(free_ports(4)[0], count=4) as room:
        yield room


def keep(edge: Edge, running: int) -> None:
    """Park the rest, as `sglbox park` does, and wait until no worker knows better."""
    write(render(parked(edge.plan, running=running)), edge.directory)
    before = edge.log().count("start worker process")
    edge.reload()
    eventually(lambda: edge.log().count("start worker process") > before, what=edge.log)
    eventually(lambda: len(set(ask_all(edge, bodies(MANY)))) == running, what=edge.log)


def bodies(count: int) -> list[Body]:
    return [chat(1, topic=f"t{number}", tenant=f"{number}") for number in range(count)]


@pytest.mark.parametrize("routing", ROUTINGS)
def test_what_is_parked_gets_nothing_and_finishes_its_streams(
    four_engines: EngineRoom, start_edge: StartEdge, routing: str
) -> None:
    edge = start_edge(four_engines, routing=routing)

    def stream(body: Body) -> bytes:
        headers = {"X-Stub": "stream:30:0.1"}
        return httpx.post(edge.url + CHAT, json=body, headers=headers, trust_env=False, timeout=30).content

    with ThreadPoolExecutor(max_workers=16) as pool:
        streams = [pool.submit(stream, body) for body in bodies(16)]
        eventually(lambda: len(four_engines.arrivals) == 16)
        keep(edge, 2)
        assert set(ask_all(edge, bodies(16))) == {"replica-0", "replica-1"}
        assert all(one.result().endswith(DONE) for one in streams)


@pytest.mark.parametrize("routing", ROUTINGS)
def test_no_fault_of_another_sends_anything_to_a_parked_one(
    four_engines: EngineRoom, start_edge: StartEdge, routing: str
) -> None:
    edge = start_edge(four_engines, routing=routing)
    keep(edge, 2)
    four_engines.run(four_engines.engines[0].kill())
    assert {ask(edge, body) for body in bodies(12)} == {"replica-1"}
    if edge.plan.edge.upstream.checked:
        eventually(lambda: "gets no more requests" in edge.log(), what=edge.log)
        assert {ask(edge, body) for body in bodies(12)} == {"replica-1"}


@pytest.mark.parametrize("routing", ROUTINGS)
def test_what_is_woken_gets_its_share_again(
    four_engines: EngineRoom, start_edge: StartEdge, routing: str
) -> None:
    edge = start_edge(four_engines, routing=routing)
    keep(edge, 1)
    keep(edge, 4)
    assert set(ask_all(edge, bodies(MANY))) == {f"replica-{number}" for number in range(4)}
