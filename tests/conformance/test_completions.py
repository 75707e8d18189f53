"""POST /v1/completions and the native POST /generate."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import httpx

from tests.conformance.shapes import METADATA, USAGE, shape
from tests.conformance.targets import MODEL, Target
from tests.conformance.wire import events, post

COMPLETIONS, GENERATE = "/v1/completions", "/generate"
FIXED = {"ignore_eos": True}


def ask(prompt: Any = "hello world", **values: Any) -> dict[str, Any]:
    return {"model": MODEL, "prompt": prompt, "max_tokens": 4, **FIXED, **values}


def native(**values: Any) -> dict[str, Any]:
    return {"text": "hello world", "sampling_params": {"max_new_tokens": 4, **FIXED}, **values}


def test_a_completion_has_the_engines_shape(client: httpx.Client) -> None:
    answer = client.post(COMPLETIONS, json=ask()).json()
    assert answer["object"] == "text_completion"
    choice = {
        "index": "int",
        "text": "str",
        "logprobs": "null",
        "finish_reason": "str",
        "matched_stop": "null",
    }
    assert shape(answer) == {
        "id": "str",
        "object": "str",
        "created": "int",
        "model": "str",
        "choices": [choice],
        "usage": USAGE,
        "metadata": METADATA,
    }


def test_sixteen_tokens_are_the_default(client: httpx.Client) -> None:
    body = ask()
    del body["max_tokens"]
    assert client.post(COMPLETIONS, json=body).json()["usage"]["completion_tokens"] == 16


def test_several_prompts_are_several_choices(client: httpx.Client) -> None:
    answer = client.post(COMPLETIONS, json=ask(["hello world", "tell me a story"])).json()
    assert [choice["index"] for choice in answer["choices"]] == [0, 1]
    assert answer["usage"]["completion_tokens"] == 8


def test_a_prompt_may_be_token_ids(client: httpx.Client) -> None:
    assert client.post(COMPLETIONS, json=ask([7, 8, 9, 10])).json()["usage"]["prompt_tokens"] == 4


def test_the_prompt_is_echoed_where_asked_for(client: httpx.Client) -> None:
    answer = client.post(COMPLETIONS, json=ask(echo=True)).json()
    assert answer["choices"][0]["text"].startswith("hello world")


def test_a_streamed_completion_puts_the_reason_into_its_last_text(target: Target) -> None:
    values = events(post(target.url, path=COMPLETIONS, body=ask(stream=True)).body)
    choices = [value["choices"][0] for value in values]
    assert [choice["finish_reason"] for choice in choices] == [None] * (len(choices) - 1) + ["length"]
    assert all(value["usage"] is None for value in values)
    assert all(isinstance(choice["text"], str) for choice in choices)


def test_usage_of_a_streamed_completion(target: Target) -> None:
    body = ask(stream=True, stream_options={"include_usage": True})
    last = events(post(target.url, path=COMPLETIONS, body=body).body)[-1]
    assert last["choices"] == []
    assert last["usage"]["completion_tokens"] == 4
    assert set(last["usage"]) == set(USAGE) - {"completion_tokens_details"}


META = {
    "id": "str",
    "finish_reason": {"type": "str", "length": "int"},
    "prompt_tokens": "int",
    "weight_version": "str",
    "num_retractions": "int",
    "storage_prefetch_wait": "float",
    "storage_staging_wait": "float",
    "forward_entry_time": "float",
    "prefill_finished_time": "float",
    "queue_time": "float",
    "reasoning_tokens": "int",
    "completion_tokens": "int",
    "cached_tokens": "int",
    "weight_versions": [{"version": "str", "start": "int", "end": "int"}],
    "dp_rank": "null",
    "e2e_latency": "float",
    "request_received_ts": "float",
    "first_token_latency": "float",
    "api_server_dispatch_finish_ts": "float",
    "request_finished_ts": "float",
    "decode_throughput": "float",
    "response_sent_to_client_ts": "float",
}


def test_the_native_answer_has_the_engines_shape(client: httpx.Client) -> None:
    answer = client.post(GENERATE, json=native()).json()
    answer["meta_info"].pop("cached_tokens_details")  # null or an object, by what was cached
    assert shape(answer) == {"text": "str", "output_ids": ["int"], "meta_info": META}
    assert answer["meta_info"]["finish_reason"] == {"type": "length", "length": 4}
    assert len(answer["output_ids"]) == 4


def test_without_anything_cached_there_are_no_details(client: httpx.Client) -> None:
    client.post("/flush_cache")
    assert client.post(GENERATE, json=native()).json()["meta_info"]["cached_tokens_details"] is None


def test_a_native_stream_repeats_the_text_so_far(target: Target) -> None:
    values = events(post(target.url, path=GENERATE, body=native(stream=True)).body)
    texts = [value["text"] for value in values]
    assert all(longer.startswith(shorter) for shorter, longer in pairwise(texts))
    counts = [value["meta_info"]["completion_tokens"] for value in values]
    assert counts == sorted(counts)
    assert counts[-1] == len(values[-1]["output_ids"]) == 4
    assert [value["meta_info"]["finish_reason"] for value in values[:-1]] == [None] * (len(values) - 1)


def test_a_native_batch_is_answered_with_a_list(client: httpx.Client) -> None:
    answers = client.post(GENERATE, json=native(text=["hello world", "tell me"])).json()
    assert [len(answer["output_ids"]) for answer in answers] == [4, 4]


def test_native_choices_are_a_list_too(client: httpx.Client) -> None:
    body = native(sampling_params={"max_new_tokens": 2, "n": 2, **FIXED})
    assert len(client.put(GENERATE, json=body).json()) == 2


def test_native_prompts_may_be_token_ids(client: httpx.Client) -> None:
    body = {"input_ids": [7, 8, 9], "sampling_params": {"max_new_tokens": 1}}
    assert client.post(GENERATE, json=body).json()["meta_info"]["prompt_tokens"] == 3
