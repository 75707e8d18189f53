"""What one server-sent event of a chat completion says, and how little of it must be parsed.

Nearly all events carry one piece of text and nothing else. Those are recognised by their bytes: a quote inside
a JSON string is escaped, so `"content":"` can only be the key. Everything else goes through the JSON parser.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

DONE: Final = b"[DONE]"

_CONTENT: Final = b'"content":"'
_AFTER_CONTENT: Final = len(_CONTENT)
_QUOTE: Final = ord('"')
_USAGE: Final = b'"usage"'


def is_plain_text(event: bytes) -> bool:
    """Whether the event surely carries non-empty text and surely no usage. False means: parse it."""
    found = event.find(_CONTENT)
    return found >= 0 and event[found + _AFTER_CONTENT] != _QUOTE and _USAGE not in event


def payload_of(event: bytes) -> bytes:
    """The data of an event, its lines joined; empty for a comment or a field that is no data."""
    lines = (line[5:].strip() for line in event.split(b"\n") if line.startswith(b"data:"))
    return b"\n".join(lines)


def has_output(delta: Mapping[str, Any]) -> bool:
    """Whether a delta (or a message) carries text or a piece of a tool call."""
    if delta.get("content"):
        return True
    functions = (call.get("function") or {} for call in delta.get("tool_calls") or ())
    return any(function.get("name") or function.get("arguments") for function in functions)


def has_reasoning(delta: Mapping[str, Any]) -> bool:
    """Whether a delta carries reasoning, under either of the names in use."""
    return bool(delta.get("reasoning_content") or delta.get("reasoning"))


def text_of(events: Sequence[bytes]) -> str:
    """The text of all content events, in order."""
    deltas = (
        choice.get("delta") or {}
        for event in events
        for choice in json.loads(payload_of(event)).get("choices") or ()
    )
    return "".join(delta.get("content") or "" for delta in deltas)
