"""What a client of an endpoint does: ask, stream, and look at what Prometheus sees."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import httpx

from tests.eventually import eventually

PATH = "/v1/chat/completions"


def chat(url: str, text: str = "Say hello.", **body: Any) -> httpx.Response:
    """One chat request, as it was answered."""
    messages = [{"role": "user", "content": text}]
    return httpx.post(f"{url}{PATH}", json={"messages": messages, "max_tokens": 8, **body}, timeout=60)


def answered_by(url: str, *, requests: int) -> set[str]:
    """The replicas that answered that many requests, all of which must succeed.

    No two are alike: one that was asked before would go where its prefix is.
    """
    replicas = set()
    for _ in range(requests):
        response = chat(url, f"{uuid4()}: what is that?", model="any")
        assert response.status_code == 200, response.text
        replicas.add(response.headers["X-Replica"])
    return replicas


def wait_until_all_answer(url: str, replicas: set[str]) -> None:
    """Until these and no others answer: one that got ready last may still be left out for a second."""
    eventually(
        lambda: answered_by(url, requests=2 * len(replicas) + 2) == replicas, f"not all of {replicas} answer"
    )


def stream(url: str, text: str = "Say hello.", **body: Any) -> list[dict[str, Any]]:
    """The chunks of a streamed answer; it must end with [DONE]."""
    response = chat(url, text, stream=True, stream_options={"include_usage": True}, **body)
    assert response.status_code == 200, response.text
    events = [line.removeprefix("data: ") for line in response.text.splitlines() if line]
    assert events[-1] == "[DONE]"
    return [json.loads(event) for event in events[:-1]]


def text_of(chunks: list[dict[str, Any]]) -> str:
    """The content of a streamed answer."""
    deltas = [choice["delta"] for chunk in chunks for choice in chunk["choices"]]
    return "".join(delta.get("content") or "" for delta in deltas)


@contextmanager
def clients(url: str, count: int, *, answers: Counter[int]) -> Iterator[None]:
    """So many ask one thing after another for the length of the block; statuses are counted in `answers`."""
    over = threading.Event()

    def ask() -> Counter[int]:
        own: Counter[int] = Counter()
        while not over.is_set():
            own[chat(url, f"{uuid4()}?", max_tokens=200).status_code] += 1
        return own

    with ThreadPoolExecutor(count) as pool:
        asking = [pool.submit(ask) for _ in range(count)]
        try:
            yield
        finally:
            over.set()
            for each in asking:
                answers.update(each.result())


def unhealthy_targets(prometheus: str) -> list[str]:
    """Scrape targets that are not up, with Prometheus' reason; none known yet is no good sign either."""
    targets = httpx.get(f"{prometheus}/api/v1/targets").json()["data"]["activeTargets"]
    if not targets:
        return ["no target is known"]
    return [
        f"{target['labels']['instance']}: {target['lastError']}"
        for target in targets
        if target["health"] != "up"
    ]
