"""How many prompt tokens a request finds in the cache, and where that is said."""

from __future__ import annotations

from itertools import count
from typing import Any

import httpx
import pytest

from tests.conformance.targets import MODEL

_number = count()


@pytest.fixture
def words() -> str:
    """A text that no other test has sent."""
    return " ".join(f"{word}{next(_number)}" for word in ("alpha", "beta", "gamma", "delta") * 6)


def chat(client: httpx.Client, *texts: str, **values: Any) -> dict[str, Any]:
    roles = ("system", "user") if len(texts) == 2 else ("user",)
    turns = [{"role": role, "content": text} for role, text in zip(roles, texts, strict=True)]
    body = {"model": MODEL, "messages": turns, "max_tokens": 2, "ignore_eos": True, **values}
    usage: dict[str, Any] = client.post("/v1/chat/completions", json=body).json()["usage"]
    return {"prompt": usage["prompt_tokens"], "cached": usage["prompt_tokens_details"]["cached_tokens"]}


def test_a_repeated_prompt_is_cached_but_for_its_last_token(client: httpx.Client, words: str) -> None:
    first, second = chat(client, words), chat(client, words)
    assert first["cached"] < 10, "only the template's own beginning"
    assert second["cached"] == second["prompt"] - 1


def test_a_shared_system_prompt_is_cached(client: httpx.Client, words: str) -> None:
    chat(client, words, "what is one")
    other = chat(client, words, "tell me two")
    assert 24 < other["cached"] < other["prompt"] - 1


def test_the_native_route_reports_it_too(client: httpx.Client, words: str) -> None:
    body = {"text": words, "sampling_params": {"max_new_tokens": 1}}
    metas = [client.post("/generate", json=body).json()["meta_info"] for _ in range(2)]
    assert metas[0]["cached_tokens"] <= 2
    assert metas[1]["cached_tokens"] == metas[1]["prompt_tokens"] - 1
    assert metas[1]["cached_tokens_details"] == {"device": metas[1]["cached_tokens"], "host": 0}


def test_flushing_empties_the_cache(client: httpx.Client, words: str) -> None:
    chat(client, words)
    flushed = client.post("/flush_cache")
    assert flushed.status_code == 200
    assert flushed.text.startswith("Cache flushed.\n")
    assert "content-type" not in flushed.headers
    assert chat(client, words)["cached"] == 0


def test_the_next_turn_finds_the_earlier_ones(client: httpx.Client, words: str) -> None:
    turns: list[dict[str, str]] = [{"role": "user", "content": words}]
    body = {"model": MODEL, "max_tokens": 16, "ignore_eos": True, "temperature": 0}
    first = client.post("/v1/chat/completions", json={**body, "messages": turns}).json()
    turns += [
        {"role": "assistant", "content": first["choices"][0]["message"]["content"]},
        {"role": "user", "content": "go on"},
    ]
    usage = client.post("/v1/chat/completions", json={**body, "messages": turns}).json()["usage"]
    assert usage["prompt_tokens_details"]["cached_tokens"] >= first["usage"]["prompt_tokens"]
