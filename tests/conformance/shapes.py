"""The shape of a JSON value: its keys and the types of its leaves, recursively."""

from __future__ import annotations

from typing import Any

USAGE = {
    "prompt_tokens": "int",
    "total_tokens": "int",
    "completion_tokens": "int",
    "prompt_tokens_details": {"cached_tokens": "int"},
    "reasoning_tokens": "int",
    "completion_tokens_details": "null",
}
METADATA = {
    "weight_version": "str",
    "weight_versions": [{"version": "str", "start": "int", "end": "int"}],
}
ERROR = {"object": "str", "message": "str", "type": "str", "param": "null", "code": "int"}


def shape(value: Any) -> Any:
    """Objects and lists keep their form (a list the shape of its first element), leaves become type names."""
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return "null" if value is None else type(value).__name__
