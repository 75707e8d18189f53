"""Bodies of the inference routes: what must be there and of which type; anything else passes.

Pydantic reports the same faults in the same words as the real server, whose validation it is too.
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from simulator.errors import invalid_body
from simulator.http import Exchange


class Sampled(BaseModel):
    """What all routes share. None means the engine's default."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())

    temperature: float | None = None
    top_p: float | None = None
    min_p: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    repetition_penalty: float | None = None
    n: int | None = None
    seed: int | None = None
    ignore_eos: bool = False
    stream: bool = False
    stop: str | list[str] | None = None


class Chat(Sampled):
    """POST /v1/chat/completions."""

    messages: list[dict[str, Any]]
    model: str = ""
    rid: str | None = None
    max_tokens: int | None = None
    max_completion_tokens: int | None = None
    response_format: dict[str, Any] | None = None
    logprobs: bool = False
    top_logprobs: int | None = None
    stream_options: dict[str, Any] | None = None


class Completion(Sampled):
    """POST /v1/completions."""

    prompt: str | list[str] | list[int] | list[list[int]]
    model: str = ""
    rid: str | None = None
    max_tokens: int = 16
    echo: bool = False
    stream_options: dict[str, Any] | None = None


class Message(Sampled):
    """POST /v1/messages."""

    messages: list[dict[str, Any]]
    max_tokens: int
    model: str = ""
    system: str | list[dict[str, Any]] | None = None
    stop_sequences: list[str] | None = None


class Native(Sampled):
    """`sampling_params` of POST /generate."""

    max_new_tokens: int = 128


class Response(Sampled):
    """POST /v1/responses."""

    input: str | list[dict[str, Any]]
    model: str = ""
    instructions: str | None = None
    max_output_tokens: int | None = None

    @field_validator("stream", mode="before")
    @classmethod
    def _nothing_is_no(cls, value: Any) -> Any:
        """`null` is taken here, and nowhere else: sglang-router sends it."""
        return value or False


BodyT = TypeVar("BodyT", bound=Sampled)


def parse(kind: type[BodyT], values: dict[str, Any]) -> BodyT:
    """Raises RefusedError with all faults, as the real server words them."""
    try:
        return kind.model_validate(values)
    except ValidationError as fault:
        raise invalid_body(
            [{**error, "loc": ("body", *error["loc"])} for error in fault.errors(include_url=False)]
        ) from fault


async def json_body(exchange: Exchange) -> dict[str, Any]:
    """Raises RefusedError for another content type, for no JSON, and for JSON that is no object."""
    kind = exchange.header(b"content-type").split(";")[0].strip().lower()
    if kind != "application/json":
        words = "Unsupported Media Type: Only 'application/json' is allowed"
        raise invalid_body([{"loc": ["header", "content-type"], "msg": words, "type": "value_error"}])
    try:
        values = json.loads(await exchange.body())
    except ValueError as fault:
        place = ("body", getattr(fault, "pos", 0))
        detail = {"type": "json_invalid", "loc": place, "msg": "JSON decode error", "input": {}}
        raise invalid_body([{**detail, "ctx": {"error": str(fault)}}]) from fault
    if not isinstance(values, dict):
        words = "Input should be a valid dictionary or object to extract fields from"
        raise invalid_body([{"type": "model_attributes_type", "loc": ("body",), "msg": words}])
    return values
