"""What is refused, with which status and in which words."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.conformance.shapes import ERROR, shape
from tests.conformance.targets import CONTEXT_LENGTH, MODEL

CHAT, COMPLETIONS, GENERATE = "/v1/chat/completions", "/v1/completions", "/generate"
HI = [{"role": "user", "content": "hi"}]
LONG = "hello world tell me " * 6000


def chat(**values: Any) -> dict[str, Any]:
    return {"model": MODEL, "messages": HI, "max_tokens": 2, **values}


REFUSED = {
    "negative temperature": (
        chat(temperature=-3),
        "temperature must be a non-negative finite number, got -3.0.",
    ),
    "top_p above one": (chat(top_p=2), "top_p must be in (0, 1], got 2.0."),
    "frequency penalty": (chat(frequency_penalty=3), "frequency_penalty must be in [-2, 2], got 3.0."),
    "negative limit": (chat(max_tokens=-3), "max_new_tokens must be at least 0, got -3."),
    "no messages": (chat(messages=[]), "Messages cannot be empty."),
    "an image": (
        chat(messages=[{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}]),
        "Model only supports text input; received unsupported content type 'image_url'.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("stream", [False, True])
def test_values_out_of_range_are_refused_before_any_event(
    client: httpx.Client, name: str, *, stream: bool
) -> None:
    body, message = REFUSED[name]
    answer = client.post(CHAT, json={**body, "stream": stream})
    error = {"object": "error", "message": message, "type": "BadRequestError", "param": None, "code": 400}
    assert (answer.status_code, answer.json()) == (400, error)
    assert answer.headers["vary"] == "Origin"


def test_an_answer_that_would_not_fit_is_refused(client: httpx.Client) -> None:
    answer = client.post(CHAT, json=chat(max_tokens=100_000))
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(
        f"Requested token count exceeds the model's maximum context length of {CONTEXT_LENGTH} tokens. "
        "You requested a total of "
    )


@pytest.mark.parametrize("stream", [False, True])
def test_a_prompt_that_is_too_long_is_refused(client: httpx.Client, *, stream: bool) -> None:
    turns = [{"role": "user", "content": LONG}]
    answer = client.post(CHAT, json=chat(messages=turns, stream=stream))
    assert answer.status_code == 400
    assert shape(answer.json()) == ERROR
    assert answer.json()["message"].startswith("The input (")
    assert answer.json()["message"].endswith(
        f" tokens) is longer than the model's context length ({CONTEXT_LENGTH} tokens)."
    )


@pytest.mark.parametrize(
    ("path", "body", "kind", "place"),
    [
        (CHAT, {"model": MODEL}, "missing", "messages"),
        (CHAT, chat(messages="x"), "list_type", "messages"),
        (CHAT, chat(max_tokens="many"), "int_parsing", "max_tokens"),
        (COMPLETIONS, {"model": MODEL}, "missing", "prompt"),
    ],
)
def test_a_body_of_the_wrong_form_is_refused(
    client: httpx.Client, path: str, body: dict[str, Any], kind: str, place: str
) -> None:
    answer = client.post(path, json=body)
    assert answer.status_code == 400
    assert shape(answer.json()) == ERROR
    assert answer.json()["type"] == "Bad Request"
    message = answer.json()["message"]
    assert message.startswith("1 validation error:\n  {'type': '" + kind + f"', 'loc': ('body', '{place}'), ")


@pytest.mark.parametrize("path", [CHAT, COMPLETIONS, GENERATE])
def test_a_body_which_is_no_json_is_refused(client: httpx.Client, path: str) -> None:
    answer = client.post(path, content=b'{"model":', headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert (answer.json()["type"], answer.json()["code"]) == ("Bad Request", 400)
    assert answer.json()["message"].startswith(
        "1 validation error:\n  {'type': 'json_invalid', 'loc': ('body', "
    )


@pytest.mark.parametrize("path", [CHAT, COMPLETIONS])
def test_another_content_type_is_refused(client: httpx.Client, path: str) -> None:
    answer = client.post(path, content=b"{}", headers={"content-type": "text/plain"})
    assert (answer.status_code, answer.json()["type"]) == (400, "Bad Request")
    assert "Unsupported Media Type: Only 'application/json' is allowed" in answer.json()["message"]


def test_an_empty_prompt_is_refused(client: httpx.Client) -> None:
    answer = client.post(COMPLETIONS, json={"model": MODEL, "prompt": "", "max_tokens": 2})
    assert (answer.status_code, answer.json()["message"]) == (400, "Prompt cannot be empty")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (
            {"sampling_params": {"max_new_tokens": 4}},
            "Either text, input_ids or input_embeds should be provided.",
        ),
        (
            {"text": "hi", "sampling_params": {"max_new_tokens": -4}},
            "max_new_tokens must be at least 0, got -4.",
        ),
    ],
)
def test_the_native_route_has_its_own_shape_of_errors(
    client: httpx.Client, body: dict[str, Any], message: str
) -> None:
    answer = client.post(GENERATE, json=body)
    assert (answer.status_code, answer.json()) == (400, {"error": {"message": message}})


def test_a_native_stream_has_begun_before_it_is_refused(client: httpx.Client) -> None:
    body = {"text": "hi", "stream": True, "sampling_params": {"max_new_tokens": -4}}
    answer = client.post(GENERATE, json=body)
    assert answer.status_code == 200
    first, done, _ = answer.text.split("\n\n")
    assert done == "data: [DONE]"
    assert json.loads(first.removeprefix("data: ")) == {
        "error": {
            "message": "max_new_tokens must be at least 0, got -4.",
            "type": "invalid_request_error",
            "code": 400,
            "retryable": False,
        }
    }


def test_embeddings_are_refused_by_a_generating_model(client: httpx.Client) -> None:
    answer = client.post("/v1/embeddings", json={"model": MODEL, "input": "hi"})
    assert answer.status_code == 400
    assert answer.json()["message"].startswith(
        "This model does not appear to be an embedding model by default."
    )


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("GET", CHAT, "POST"),
        ("DELETE", CHAT, "POST"),
        ("POST", "/v1/models", "GET"),
        ("HEAD", "/health", "GET"),
        ("OPTIONS", "/v1/models", "GET"),
    ],
)
def test_a_wrong_method_is_told_the_right_one(
    client: httpx.Client, method: str, path: str, allow: str
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allow)
    if method != "HEAD":
        assert answer.content == b'{"detail":"Method Not Allowed"}'


@pytest.mark.parametrize("path", ["/v1/nope", "/get_load", "/stats"])
def test_an_unknown_path_is_not_found(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.content) == (404, b'{"detail":"Not Found"}')


def test_a_slash_too_many_is_redirected(client: httpx.Client) -> None:
    answer = client.post("/flush_cache/")
    assert answer.status_code == 307
    assert answer.headers["location"] == str(client.base_url.join("/flush_cache"))
