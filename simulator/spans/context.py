"""The trace that a request belongs to: W3C trace context, https://www.w3.org/TR/trace-context/#traceparent-header."""

from __future__ import annotations

import random
import re
from contextvars import ContextVar
from dataclasses import dataclass

_FORM = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?")

header: ContextVar[str] = ContextVar("traceparent", default="")
"""That of the request which is being taken."""


@dataclass(frozen=True)
class Context:
    """`parent` is "" for a trace that begins here."""

    trace: str
    parent: str
    is_sampled: bool


def read(value: str) -> Context:
    """What is no context counts as none, and a request without one begins a trace."""
    match = _FORM.fullmatch(value)
    if match is None:
        return Context(new_id(128), "", is_sampled=True)
    return Context(match[1], match[2], is_sampled=bool(int(match[3], 16) & 1))


def new_id(bits: int) -> str:
    """A random one, never zero."""
    return f"{random.randrange(1, 1 << bits):0{bits // 4}x}"
