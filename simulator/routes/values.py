"""A request body's values, checked in the engine's order and words."""

from __future__ import annotations

import json
import math
from typing import Any

from simulator.errors import RefusedError, bad_request, error_body, invalid_body
from simulator.http import Exchange
from simulator.model import Sampling


async def json_body(exchange: Exchange) -> dict[str, Any]:
    """Raises RefusedError for another content type, for no JSON, and for JSON that is no object."""
    kind = exchange.header(b"content-type").split(";")[0].strip().lower()
    if kind != "application/json":
        detail = {
            "loc": ["header", "content-type"],
            "msg": "Unsupported Media Type: Only 'application/json' is allowed",
            "type": "value_error",
        }
        raise RefusedError(
            400, error_body(f"1 validation error:\n  {detail} [{detail}]", kind="Bad Request", code=400)
        )
    body = await exchange.body()
    try:
        values = json.loads(body)
    except ValueError as error:
        place = getattr(error, "pos", 0)
        raise invalid_body(
            {"type": "json_invalid", "loc": ("body", place), "msg": "JSON decode error", "input": {}}
        ) from error
    if not isinstance(values, dict):
        raise invalid_body({"type": "model_attributes_type", "loc": ("body",), "input": values})
    return values


def required(values: dict[str, Any], name: str) -> Any:
    """The value; RefusedError as the schema would when it is missing."""
    if name not in values:
        raise invalid_body(
            {"type": "missing", "loc": ("body", name), "msg": "Field required", "input": values}
        )
    return values[name]


def sampling(values: dict[str, Any], *, limit: int | None) -> Sampling:
    """What the answer is asked to be. Raises RefusedError for values out of range."""
    temperature = values.get("temperature")
    if temperature is not None and not (isinstance(temperature, int | float) and 0 <= temperature < math.inf):
        raise bad_request(f"temperature must be a non-negative finite number, got {float(temperature)}.")
    if limit is not None and limit < 0:
        raise bad_request(f"max_new_tokens must be at least 0, got {limit}.")
    stop = values.get("stop") or ()
    return Sampling(
        limit=limit,
        stop=(stop,) if isinstance(stop, str) else tuple(stop),
        seed=int(values.get("seed") or 0),
        ignore_eos=bool(values.get("ignore_eos")),
        literal=_literal(values.get("response_format")),
    )


def _literal(response_format: Any) -> str | None:
    """A smallest instance of the asked-for JSON schema; None when none is asked for."""
    if not isinstance(response_format, dict) or response_format.get("type") not in (
        "json_schema",
        "json_object",
    ):
        return None
    schema = (response_format.get("json_schema") or {}).get("schema") or {"type": "object"}
    return json.dumps(_instance(schema))


def _instance(schema: dict[str, Any]) -> Any:
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    if kind == "object":
        wanted = schema.get("required", list(schema.get("properties", {})))
        return {name: _instance(schema.get("properties", {}).get(name, {"type": "null"})) for name in wanted}
    if kind == "array":
        return [_instance(schema.get("items", {"type": "null"}))] * max(1, schema.get("minItems", 1))
    values = {"string": "mal", "integer": schema.get("minimum", 7), "number": schema.get("minimum", 0.5)}
    return {**values, "boolean": True}.get(kind)


def flattened(content: Any) -> str:
    """The text of a message's content. Raises RefusedError for parts that a text model has no use for."""
    if isinstance(content, str) or content is None:
        return content or ""
    texts = []
    for part in content:
        if part.get("type") not in ("text", "input_text", "output_text"):
            raise bad_request(
                f"Model only supports text input; received unsupported content type '{part.get('type')}'."
            )
        texts.append(part.get("text", ""))
    return " ".join(texts)
