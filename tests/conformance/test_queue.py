"""A full queue: two run, two wait, and what comes then is refused."""

from __future__ import annotations

import json
import socket
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.conformance.conftest import API_KEY
from tests.conformance.targets import MODEL, Target, eventually
from tests.conformance.wire import posting

CHAT = "/v1/chat/completions"
FULL = {"object": "error", "message": "The request queue is full.", "param": None, "code": 503}


def ask(tokens: int, **values: Any) -> dict[str, Any]:
    turns = [{"role": "user", "content": "hello world"}]
    return {"model": MODEL, "messages": turns, "max_tokens": tokens, "ignore_eos": True, **values}


@dataclass(frozen=True)
class Full:
    """A client of a full server, and the connections that fill it: two run, two wait."""

    client: httpx.Client
    connections: list[socket.socket]


@pytest.fixture
def filled(guarded: Target, holder: httpx.Client) -> Iterator[Full]:
    """Two streams run and two wait; all of them are left at the end."""

    def load() -> tuple[int, int]:
        now = holder.get("/v1/loads", params={"include": "core"}).json()["loads"][0]
        return now["num_running_reqs"], now["num_waiting_reqs"]

    with ExitStack() as streams:
        connections = []
        for number in range(4):
            body = ask(6000, stream=True)
            posted = posting(guarded.url, path=CHAT, body=body, key=API_KEY)
            connections.append(streams.enter_context(posted))
            if number == 1:
                eventually(lambda: load()[0] == 2, seconds=20, target=guarded)
        eventually(lambda: load() == (2, 2), seconds=20, target=guarded)
        yield Full(holder, connections)
    eventually(lambda: load() == (0, 0), seconds=20, target=guarded)


@pytest.fixture
def full(filled: Full) -> httpx.Client:
    """A client of the full server."""
    return filled.client


def test_a_whole_answer_is_refused_with_503(full: httpx.Client) -> None:
    answer = full.post(CHAT, json=ask(2))
    assert (answer.status_code, answer.json()) == (503, {**FULL, "type": "503"})


def test_a_stream_is_refused_within_a_200(full: httpx.Client) -> None:
    answer = full.post(CHAT, json=ask(2, stream=True))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    event = json.dumps(
        {"error": {**dict(list(FULL.items())[:2]), "type": "SERVICE_UNAVAILABLE", "param": None, "code": 503}}
    )
    assert answer.text == f"data: {event}\n\ndata: [DONE]\n\n"


@pytest.mark.parametrize("path", ["/generate", "/v1/completions"])
def test_other_routes_refuse_in_the_same_words(full: httpx.Client, path: str) -> None:
    answer = full.post(path, json={"text": "hello", "prompt": "hello"})
    assert (answer.status_code, answer.json()) == (503, {**FULL, "type": "503"})


def test_a_native_stream_is_refused_in_its_own_shape(full: httpx.Client) -> None:
    body = {"text": "hello", "stream": True, "sampling_params": {"max_new_tokens": 2}}
    answer = full.post("/generate", json=body)
    assert (answer.status_code, answer.text[-14:]) == (200, "data: [DONE]\n\n")
    assert '"message":"The request queue is full."' in answer.text.split("\n\n")[0]


def test_a_message_is_refused(full: httpx.Client) -> None:
    body = {"model": MODEL, "messages": [{"role": "user", "content": "hi"}], "max_tokens": 2}
    answer = full.post("/v1/messages", json=body)
    assert answer.status_code == 503
    assert answer.json()["type"] == "error"
    streamed = full.post("/v1/messages", json={**body, "stream": True})
    assert streamed.status_code == 200
    events = [block.split("\n")[0] for block in streamed.text.split("\n\n")[:-1]]
    assert events == ["event: message_start", "event: error", "event: message_stop"]
    assert '{"type":"overloaded_error","message":"The request queue is full."}' in streamed.text


def test_the_head_of_a_stream_comes_with_its_first_token(filled: Full) -> None:
    """Whoever waits in the queue sees no status: a proxy's patience has to cover the queue."""
    running, waiting = filled.connections[:2], filled.connections[2:]
    assert all(connection.recv(12) == b"HTTP/1.1 200" for connection in running)
    for connection in waiting:
        connection.setblocking(False)
        with pytest.raises(BlockingIOError):
            connection.recv(1)


def test_a_full_server_stays_healthy(full: httpx.Client) -> None:
    assert full.get("/health").status_code == 200


def test_a_burst_is_served_in_part(guarded: Target, holder: httpx.Client) -> None:
    def one(_: int) -> int:
        return holder.post(CHAT, json=ask(300)).status_code

    with ThreadPoolExecutor(10) as pool:
        statuses = Counter(pool.map(one, range(10)))
    assert set(statuses) == {200, 503}
    assert statuses[200] >= 2  # as many as wait at once; those that run make it more by luck
