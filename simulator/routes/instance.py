"""A smallest value of a JSON schema: what the simulated model says where JSON is asked for."""

from __future__ import annotations

import json
from typing import Any


def literal(response_format: dict[str, Any] | None) -> str | None:
    """The JSON text to recite; None when the request does not ask for JSON."""
    if response_format is None or response_format.get("type") not in ("json_schema", "json_object"):
        return None
    named = response_format.get("json_schema") or {}
    return json.dumps(_instance(named.get("schema") or {"type": "object"}))


def _instance(schema: dict[str, Any]) -> Any:
    if "const" in schema:
        return schema["const"]
    if schema.get("enum"):
        return schema["enum"][0]
    kind = schema.get("type", "object")
    if kind == "object":
        properties = schema.get("properties", {})
        wanted = schema.get("required", list(properties))
        return {name: _instance(properties.get(name, {"type": "null"})) for name in wanted}
    if kind == "array":
        return [_instance(schema.get("items", {"type": "null"}))] * max(1, schema.get("minItems", 1))
    plain = {"string": "mal", "integer": schema.get("minimum", 7), "number": schema.get("minimum", 0.5)}
    return {**plain, "boolean": True}.get(kind)
