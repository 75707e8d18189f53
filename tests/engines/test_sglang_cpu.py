"""The installed engine is the real one and serves what tests rely on: answers, streams, cached tokens, metrics."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.engines.installation import SglangCpu
from tests.engines.server import serving

SYSTEM = "You answer in the words of the sea, the wind and the old harbour, and you take your time over it."


@pytest.fixture(scope="module")
def client(sglang_cpu: SglangCpu, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    log = tmp_path_factory.mktemp("sglang") / "server.log"
    with serving(sglang_cpu, log=log) as url, httpx.Client(base_url=url, timeout=60) as client:
        yield client


def chat(question: str, **options: object) -> dict[str, Any]:
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": question}]
    return {"model": "tiny-llama", "messages": messages, "max_tokens": 8, "ignore_eos": True, **options}


def usage(answer: httpx.Response) -> tuple[int, int, int]:
    """Prompt tokens, of them cached, completion tokens."""
    figures = answer.raise_for_status().json()["usage"]
    return (
        figures["prompt_tokens"],
        figures["prompt_tokens_details"]["cached_tokens"],
        figures["completion_tokens"],
    )


def test_is_the_pinned_version(client: httpx.Client) -> None:
    assert client.get("/server_info").json()["version"] == "0.5.23"


def test_answers_a_chat(client: httpx.Client) -> None:
    answer = client.post("/v1/chat/completions", json=chat("hello")).raise_for_status().json()
    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["usage"]["completion_tokens"] == 8


def test_streams_in_several_chunks(client: httpx.Client) -> None:
    with client.stream("POST", "/v1/chat/completions", json=chat("hello again", stream=True)) as answer:
        events = [line for line in answer.iter_lines() if line]
    texts = [json.loads(event.removeprefix("data: "))["choices"][0]["delta"] for event in events[:-1]]
    assert len(texts) > 3
    assert texts[0]["role"] == "assistant"
    assert events[-1] == "data: [DONE]"


def test_a_repeated_prompt_is_cached_but_for_its_last_token(client: httpx.Client) -> None:
    client.post("/flush_cache").raise_for_status()
    _, cached_first, _ = usage(client.post("/v1/chat/completions", json=chat("and now?")))
    prompt, cached_again, _ = usage(client.post("/v1/chat/completions", json=chat("and now?")))
    assert (cached_first, cached_again) == (0, prompt - 1)


def test_a_shared_system_prompt_is_cached_in_part(client: httpx.Client) -> None:
    client.post("/flush_cache").raise_for_status()
    client.post("/v1/chat/completions", json=chat("first question")).raise_for_status()
    prompt, cached, _ = usage(client.post("/v1/chat/completions", json=chat("quite another one")))
    assert 0 < cached < prompt - 1


def test_exposes_its_metrics(client: httpx.Client) -> None:
    assert "sglang:num_running_reqs{" in client.get("/metrics").text
