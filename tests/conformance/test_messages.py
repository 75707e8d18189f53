"""POST /v1/messages, as Anthropic clients call it, and /v1/responses."""

from __future__ import annotations

import json
from typing import Any

import httpx

from tests.conformance.shapes import shape
from tests.conformance.targets import MODEL, Target
from tests.conformance.wire import post

PATH = "/v1/messages"


def ask(**values: Any) -> dict[str, Any]:
    return {"model": MODEL, "messages": [{"role": "user", "content": "hi"}], "max_tokens": 4, **values}


def test_a_message_has_the_engines_shape(client: httpx.Client) -> None:
    client.post(PATH, json=ask())
    answer = client.post(PATH, json=ask()).json()
    assert answer["id"].startswith("msg_")
    assert (answer["type"], answer["role"]) == ("message", "assistant")
    assert answer["content"][0]["type"] == "text"
    assert shape(answer["usage"]) == {
        "input_tokens": "int",
        "output_tokens": "int",
        "cache_read_input_tokens": "int",
    }
    assert set(answer) == {"id", "type", "role", "content", "model", "stop_reason", "usage"}


def test_input_tokens_leave_out_the_cached_ones(client: httpx.Client) -> None:
    counted = client.post(f"{PATH}/count_tokens", json=ask()).json()
    client.post(PATH, json=ask())
    usage = client.post(PATH, json=ask()).json()["usage"]
    assert usage["input_tokens"] == 1
    assert usage["input_tokens"] + usage["cache_read_input_tokens"] == counted["input_tokens"]


def test_without_anything_cached_the_count_of_it_is_left_out(client: httpx.Client) -> None:
    client.post("/flush_cache")
    assert set(client.post(PATH, json=ask()).json()["usage"]) == {"input_tokens", "output_tokens"}


def test_a_stop_sequence_ends_the_turn(client: httpx.Client) -> None:
    body = ask(max_tokens=300, stop_sequences=["a", "e", "i", "o", "u"])
    assert client.post(PATH, json=body).json()["stop_reason"] == "end_turn"


def test_a_streamed_message_has_its_events_in_order(target: Target) -> None:
    answer = post(target.url, path=PATH, body=ask(stream=True, ignore_eos=True))
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    blocks = [block.split(b"\n") for block in answer.body.decode().encode().split(b"\n\n")[:-1]]
    names = [name.removeprefix(b"event: ").decode() for name, _ in blocks]
    values = [json.loads(data.removeprefix(b"data: ")) for _, data in blocks]
    assert names == [value["type"] for value in values]
    assert names[:2] == ["message_start", "content_block_start"]
    assert set(names[2:-3]) == {"content_block_delta"}
    assert names[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert values[2]["delta"]["type"] == "text_delta"
    assert values[-2]["delta"] == {"stop_reason": "max_tokens"}
    assert values[-2]["usage"] == {"output_tokens": 4}


def test_errors_of_messages_have_their_own_shape(client: httpx.Client) -> None:
    body = ask()
    del body["max_tokens"]
    for wrong, message in (
        (body, "max_tokens: Field required"),
        (ask(messages=[]), "Messages cannot be empty."),
    ):
        answer = client.post(PATH, json=wrong)
        error = {"type": "invalid_request_error", "message": message}
        assert (answer.status_code, answer.json()) == (400, {"type": "error", "error": error})


def test_a_response_has_the_engines_shape(client: httpx.Client) -> None:
    answer = client.post("/v1/responses", json={"model": MODEL, "input": "hi", "max_output_tokens": 4})
    assert answer.status_code == 200
    value = answer.json()
    assert value["object"] == "response"
    assert value["output"][0]["content"][0]["type"] == "output_text"
    assert value["usage"]["total_tokens"] == value["usage"]["input_tokens"] + value["usage"]["output_tokens"]
    assert {"id", "created_at", "model", "status", "incomplete_details", "metadata"} <= set(value)


def test_a_response_of_an_unknown_model_is_refused(client: httpx.Client) -> None:
    answer = client.post("/v1/responses", json={"model": "nope", "input": "hi"})
    assert answer.status_code == 404
    assert answer.json()["error"]["message"] == "The model 'nope' does not exist"
