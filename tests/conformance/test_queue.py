"""A full queue: two run, two wait, and what comes then is refused."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from tests.conformance.conftest import API_KEY
from tests.conformance.targets import MODEL, Target, eventually

CHAT = "/v1/chat/completions"
FULL = {"object": "error", "message": "The request queue is full.", "param": None, "code": 503}


def ask(tokens: int, **values: Any) -> dict[str, Any]:
    turns = [{"role": "user", "content": "hello world"}]
    return {"model": MODEL, "messages": turns, "max_tokens": tokens, "ignore_eos": True, **values}


@pytest.fixture
def full(guarded: Target, holder: httpx.Client) -> Iterator[httpx.Client]:
    """The API key's holder, while two of its streams run and two wait."""

    def load() -> tuple[int, int]:
        now = holder.get("/v1/loads", params={"include": "core"}).json()["loads"][0]
        return now["num_running_reqs"], now["num_waiting_reqs"]

    with ExitStack() as streams:
        others = [streams.enter_context(guarded.client(key=API_KEY)) for _ in range(4)]
        for number, other in enumerate(others):
            streams.enter_context(other.stream("POST", CHAT, json=ask(6000, stream=True)))
            if number == 1:
                eventually(lambda: load()[0] == 2, seconds=20, target=guarded)
        eventually(lambda: load() == (2, 2), seconds=20, target=guarded)
        yield holder
    eventually(lambda: load() == (0, 0), seconds=20, target=guarded)


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


def test_a_full_server_stays_healthy(full: httpx.Client) -> None:
    assert full.get("/health").status_code == 200


def test_a_burst_is_served_in_part(guarded: Target, holder: httpx.Client) -> None:
    def one(_: int) -> int:
        return holder.post(CHAT, json=ask(300)).status_code

    with ThreadPoolExecutor(10) as pool:
        statuses = Counter(pool.map(one, range(10)))
    assert set(statuses) == {200, 503}
    assert statuses[200] >= 4
