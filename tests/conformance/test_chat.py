"""POST /v1/chat/completions: whole and streamed, to the byte where clients depend on it."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.conformance.shapes import METADATA, USAGE, shape
from tests.conformance.targets import MODEL, Target
from tests.conformance.wire import events, post

PATH = "/v1/chat/completions"
CHOICE_END = {"logprobs": "null", "finish_reason": "null", "matched_stop": "null"}


def ask(**values: Any) -> dict[str, Any]:
    """A request for exactly six tokens, unless it says otherwise."""
    turns = [{"role": "user", "content": "hello world"}]
    return {"model": MODEL, "messages": turns, "max_tokens": 6, "ignore_eos": True, **values}


def test_a_whole_answer_has_the_engines_shape(client: httpx.Client) -> None:
    answer = client.post(PATH, json=ask())
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["vary"] == "Origin"
    assert answer.headers["server"] == "uvicorn"
    assert shape(answer.json()) == {
        "id": "str",
        "object": "str",
        "created": "int",
        "model": "str",
        "choices": [
            {
                "index": "int",
                "message": {"role": "str", "content": "str", "reasoning_content": "null"},
                "logprobs": "null",
                "finish_reason": "str",
                "matched_stop": "null",
            }
        ],
        "usage": USAGE,
        "metadata": METADATA,
    }


def test_a_limit_ends_the_answer_at_its_length(client: httpx.Client) -> None:
    answer = client.post(PATH, json=ask()).json()
    assert answer["object"] == "chat.completion"
    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["usage"]["completion_tokens"] == 6
    assert answer["usage"]["total_tokens"] == answer["usage"]["prompt_tokens"] + 6
    assert answer["metadata"]["weight_versions"][0]["end"] == 6


def test_the_newer_name_of_the_limit_is_understood(client: httpx.Client) -> None:
    body = {**ask(max_completion_tokens=3)}
    del body["max_tokens"]
    assert client.post(PATH, json=body).json()["usage"]["completion_tokens"] == 3


def test_no_tokens_can_be_asked_for(client: httpx.Client) -> None:
    answer = client.post(PATH, json=ask(max_tokens=0)).json()
    assert answer["choices"][0]["message"]["content"] == ""
    assert answer["choices"][0]["finish_reason"] == "length"
    assert answer["usage"]["completion_tokens"] == 0


def test_the_asked_for_model_is_echoed_and_not_checked(client: httpx.Client) -> None:
    answer = client.post(PATH, json=ask(model="no-such-model"))
    assert (answer.status_code, answer.json()["model"]) == (200, "no-such-model")


def test_the_answer_takes_the_requests_id(client: httpx.Client) -> None:
    assert client.post(PATH, json=ask(rid="my-request-1")).json()["id"] == "my-request-1"


def test_ids_are_bare_hexadecimal(client: httpx.Client) -> None:
    identity = client.post(PATH, json=ask()).json()["id"]
    assert len(identity) == 32
    assert int(identity, 16) >= 0


def test_choices_are_numbered_and_their_tokens_added(client: httpx.Client) -> None:
    answer = client.post(PATH, json=ask(n=2)).json()
    assert [choice["index"] for choice in answer["choices"]] == [0, 1]
    assert answer["usage"]["completion_tokens"] == 12


def test_a_stop_string_is_named_and_cut_off(client: httpx.Client) -> None:
    answer = client.post(PATH, json=ask(max_tokens=300, stop=["a", "e", "i", "o", "u"])).json()
    choice = answer["choices"][0]
    assert choice["finish_reason"] == "stop"
    assert choice["matched_stop"] in {"a", "e", "i", "o", "u"}
    assert choice["matched_stop"] not in choice["message"]["content"]
    assert answer["usage"]["completion_tokens"] < 300


def test_content_may_come_in_parts(client: httpx.Client) -> None:
    parts = [{"type": "text", "text": "hello world"}]
    answer = client.post(PATH, json=ask(messages=[{"role": "user", "content": parts}]))
    assert answer.status_code == 200


def test_a_stream_is_chunked_and_of_the_event_type(target: Target) -> None:
    answer = post(target.url, path=PATH, body=ask(stream=True))
    assert answer.status == 200
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert answer.headers["transfer-encoding"] == "chunked"
    assert answer.headers["vary"] == "Origin"


def test_every_chunk_of_a_stream_holds_whole_events(target: Target) -> None:
    answer = post(target.url, path=PATH, body=ask(stream=True))
    assert all(chunk.startswith(b"data: ") and chunk.endswith(b"\n\n") for chunk in answer.chunks)
    assert answer.chunks[-1] == b"data: [DONE]\n\n"
    assert len(answer.chunks) >= 4


def test_a_streams_json_has_no_spaces_and_its_keys_their_order(target: Target) -> None:
    first = post(target.url, path=PATH, body=ask(stream=True, rid="abc")).chunks[0]
    head, created, rest = first.partition(b'"created":')
    assert head == b'data: {"id":"abc","object":"chat.completion.chunk",'
    assert created
    assert rest.lstrip(b"0123456789") == (
        b',"model":"tiny-llama","choices":[{"index":0,"delta":{"reasoning_content":null,"role":"assistant",'
        b'"content":""},"logprobs":null,"finish_reason":null,"matched_stop":null}]}\n\n'
    )


def test_a_stream_begins_with_the_role_and_ends_with_the_reason(target: Target) -> None:
    values = events(post(target.url, path=PATH, body=ask(stream=True)).body)
    first, *middle, last = [value["choices"][0] for value in values]
    assert first["delta"] == {"reasoning_content": None, "role": "assistant", "content": ""}
    assert all(set(choice["delta"]) == {"reasoning_content", "content"} for choice in middle)
    assert all(choice["finish_reason"] is None for choice in (first, *middle))
    assert last["delta"] == {"reasoning_content": None}
    assert last["finish_reason"] == "length"


def test_every_event_of_a_stream_has_the_same_frame(target: Target) -> None:
    values = events(post(target.url, path=PATH, body=ask(stream=True)).body)
    for value in values[:-1]:
        delta = dict.fromkeys(value["choices"][0]["delta"], "str") | {"reasoning_content": "null"}
        assert shape(value) == {
            "id": "str",
            "object": "str",
            "created": "int",
            "model": "str",
            "choices": [{"index": "int", "delta": delta, **CHOICE_END}],
        }
    assert len({(value["id"], value["created"], value["object"]) for value in values}) == 1


def test_usage_is_a_last_event_without_choices_where_asked_for(target: Target) -> None:
    body = ask(stream=True, stream_options={"include_usage": True})
    *others, last = events(post(target.url, path=PATH, body=body).body)
    assert last["choices"] == []
    assert shape(last["usage"]) == USAGE
    assert last["usage"]["completion_tokens"] == 6
    assert all("usage" not in value for value in others)


def test_continuous_usage_counts_up(target: Target) -> None:
    options = {"include_usage": True, "continuous_usage_stats": True}
    values = events(post(target.url, path=PATH, body=ask(stream=True, stream_options=options)).body)
    counts = [value["usage"]["completion_tokens"] for value in values if value.get("usage")]
    assert counts == sorted(counts)
    assert counts[-1] == 6
    assert "usage" not in values[0]
    assert "usage" not in values[-2], "the event with the reason has none"


def test_a_streamed_text_is_the_whole_text(client: httpx.Client, target: Target) -> None:
    fixed = {"temperature": 0, "max_tokens": 24}
    whole = client.post(PATH, json=ask(**fixed)).json()["choices"][0]["message"]["content"]
    values = events(post(target.url, path=PATH, body=ask(stream=True, **fixed)).body)
    assert "".join(value["choices"][0]["delta"].get("content", "") for value in values) == whole


def test_both_choices_of_a_stream_come_to_their_end(target: Target) -> None:
    values = events(post(target.url, path=PATH, body=ask(stream=True, n=2)).body)
    ended = [c["index"] for value in values for c in value["choices"] if c["finish_reason"] == "length"]
    assert sorted(ended) == [0, 1]
    started = [c["index"] for value in values for c in value["choices"] if "role" in c["delta"]]
    assert sorted(started) == [0, 1]


def test_log_probabilities_come_with_their_rivals(client: httpx.Client) -> None:
    answer = client.post(PATH, json=ask(logprobs=True, top_logprobs=2)).json()
    entries = answer["choices"][0]["logprobs"]["content"]
    entry = {"token": "str", "bytes": ["int"], "logprob": "float"}
    assert shape(entries[:1]) == [{**entry, "top_logprobs": [entry]}]
    assert [len(one["top_logprobs"]) for one in entries] == [2] * 6


@pytest.mark.parametrize("kind", ["json_schema", "json_object"])
def test_json_is_json_where_asked_for(client: httpx.Client, kind: str) -> None:
    schema = {"type": "object", "properties": {"n": {"type": "integer", "minimum": 0, "maximum": 9}}}
    named = {"name": "a", "schema": {**schema, "required": ["n"], "additionalProperties": False}}
    form = {"type": kind, **({"json_schema": named} if kind == "json_schema" else {})}
    answer = client.post(PATH, json=ask(response_format=form, max_tokens=200, ignore_eos=False))
    assert answer.json()["choices"][0]["message"]["content"].lstrip().startswith("{")
