"""How often a replica gets a request, for every way in which one can fail: once, unless it never got on the wire."""

from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest

from tests.edge.black_hole import black_hole
from tests.edge.conftest import StartEdge
from tests.edge.raw_client import request
from tests.edge.running import Edge, eventually, replaced
from tests.edge.stub_engine import EngineRoom, engine_room
from tests.ports import free_ports

CHAT = "/v1/chat/completions"
SHORT = replaced("nginx/conf.d/server.conf", r"proxy_read_timeout 6\d+s", "proxy_read_timeout 1s")
STREAMING = pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])


@dataclass(frozen=True)
class Case:
    """The replica does as `behaviour` says; the client sees `status`, and an answer that is whole or broken off."""

    what: str
    behaviour: str
    status: int
    end: str = "whole"


SENT = (
    Case("reset before headers", "reset", 502),
    Case("reset in the middle of a stream", "cut:3", 200, end="broken"),
    Case("500 from the engine", "status:500", 500),
    Case("502 from the engine", "status:502", 502),
    Case("503 from the engine", "status:503", 503),
    Case("504 from the engine", "status:504", 504),
    Case("read timeout", "silence", 504),
)


def ask(edge: Edge, *, behaviour: str, stream: bool) -> tuple[int, str]:
    """Status, and whether the answer came to its end."""
    headers = {"X-Stub": behaviour}
    with (
        httpx.Client(trust_env=False, timeout=30) as client,
        client.stream("POST", edge.url + CHAT, json=body(stream=stream), headers=headers) as answer,
    ):
        try:
            answer.read()
        except httpx.RemoteProtocolError:
            return answer.status_code, "broken"
        return answer.status_code, "whole"


def body(*, stream: bool) -> dict[str, object]:
    return {"stream": stream, "messages": [{"role": "user", "content": "hello"}]}


def arrivals(room: EngineRoom) -> list[int]:
    """How often each request id arrived."""
    return sorted(Counter(arrival.request_id for arrival in room.arrivals).values())


@STREAMING
@pytest.mark.parametrize("case", SENT, ids=lambda case: case.what)
def test_a_sent_request_arrives_once(
    engines: EngineRoom, start_edge: StartEdge, case: Case, *, stream: bool
) -> None:
    edge = start_edge(engines, alter=SHORT)
    assert ask(edge, behaviour=case.behaviour, stream=stream) == (case.status, case.end)
    assert arrivals(engines) == [1]


@STREAMING
def test_a_client_that_leaves_ends_its_request_and_causes_no_other(
    engines: EngineRoom, start_edge: StartEdge, *, stream: bool
) -> None:
    edge = start_edge(engines)
    text = json.dumps(body(stream=stream)).encode()
    stub = "stream:1000:0.05" if stream else "silence"
    head = f"POST {CHAT} HTTP/1.1\nHost: edge\nX-Stub: {stub}\nContent-Length: {len(text)}"
    with socket.create_connection(("127.0.0.1", edge.port)) as client:
        client.sendall(request(head, text))
        eventually(lambda: len(engines.arrivals) == 1)
        if stream:
            assert client.recv(1)
    # An edge that went on for a client that is gone would let the engine generate for 50 s or more.
    eventually(lambda: engines.arrivals[0].left_at is not None, within=5)
    assert arrivals(engines) == [1]


@STREAMING
def test_a_refused_connection_is_tried_elsewhere_and_arrives_once(
    engines: EngineRoom, start_edge: StartEdge, *, stream: bool
) -> None:
    edge = start_edge(engines)
    engines.run(engines.engines[0].kill())
    behaviour = "stream:3:0" if stream else "answer:0"
    assert [ask(edge, behaviour=behaviour, stream=stream) for _ in range(4)] == [(200, "whole")] * 4
    assert arrivals(engines) == [1, 1, 1, 1]


@pytest.fixture
def beside_a_black_hole() -> Iterator[EngineRoom]:
    """The address after a black hole's."""
    first = free_ports(2)[0]
    with engine_room(first + 1, count=1) as room, black_hole(first):
        yield room


@STREAMING
def test_a_connection_that_is_never_made_is_tried_elsewhere_and_arrives_once(
    beside_a_black_hole: EngineRoom, start_edge: StartEdge, *, stream: bool
) -> None:
    room = beside_a_black_hole
    edge = start_edge(room, replicas=2, replica_port=room.engines[0].port - 1)
    behaviour = "stream:3:0" if stream else "answer:0"
    assert [ask(edge, behaviour=behaviour, stream=stream) for _ in range(3)] == [(200, "whole")] * 3
    assert arrivals(room) == [1, 1, 1]


@STREAMING
def test_retrying_a_sent_request_is_a_choice_and_happens_once(
    engines: EngineRoom, start_edge: StartEdge, *, stream: bool
) -> None:
    edge = start_edge(engines, retry_sent="once")
    assert ask(edge, behaviour="reset", stream=stream) == (502, "whole")
    assert arrivals(engines) == [2]
    assert [len(engine.arrivals) for engine in engines.engines] == [1, 1]


@STREAMING
def test_even_then_nothing_is_repeated_of_which_the_client_has_seen_something(
    engines: EngineRoom, start_edge: StartEdge, *, stream: bool
) -> None:
    edge = start_edge(engines, retry_sent="once")
    assert ask(edge, behaviour="cut:3", stream=stream) == (200, "broken")
    assert ask(edge, behaviour="status:503", stream=stream) == (503, "whole")
    assert arrivals(engines) == [1, 1]
