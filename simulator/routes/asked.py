"""What a request asks of its answer, checked in the engine's order and words (`sampling_params.py`, 0.5.23)."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from simulator.errors import bad_request
from simulator.model import Sampling
from simulator.routes.bodies import Sampled

_RANGES: Final[tuple[tuple[str, Callable[[float], bool], str], ...]] = (
    ("temperature", lambda x: 0 <= x < math.inf, "be a non-negative finite number"),
    ("top_p", lambda x: 0 < x <= 1, "be in (0, 1]"),
    ("min_p", lambda x: 0 <= x <= 1, "be in [0, 1]"),
    ("frequency_penalty", lambda x: -2 <= x <= 2, "be in [-2, 2]"),
    ("presence_penalty", lambda x: -2 <= x <= 2, "be in [-2, 2]"),
    ("repetition_penalty", lambda x: 0 < x <= 2, "be in (0, 2] (1.0 = no penalty)"),
)


def sampling(
    body: Sampled, *, limit: int | None, stop: list[str] | None = None, literal: str | None = None
) -> Sampling:
    """Raises RefusedError for values out of range. `limit` None leaves the length to the model."""
    for name, holds, rule in _RANGES:
        value = getattr(body, name)
        if value is not None and not holds(value):
            raise bad_request(f"{name} must {rule}, got {value}.")
    if limit is not None and limit < 0:
        raise bad_request(f"max_new_tokens must be at least 0, got {limit}.")
    wanted = body.stop if stop is None else stop
    return Sampling(
        limit=limit,
        stop=(wanted,) if isinstance(wanted, str) else tuple(wanted or ()),
        seed=body.seed or 0,
        ignore_eos=body.ignore_eos,
        literal=literal,
    )


def conversation(turns: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """(role, text) of each turn. Raises RefusedError for none, and for what a text model has no use for."""
    if not turns:
        raise bad_request("Messages cannot be empty.")
    return [(str(turn.get("role")), flattened(turn.get("content"))) for turn in turns]


def flattened(content: Any) -> str:
    """The text of a message's content, which may come in parts."""
    if isinstance(content, str) or content is None:
        return content or ""
    texts = []
    for part in content:
        if part.get("type") not in ("text", "input_text", "output_text"):
            kind = part.get("type")
            raise bad_request(f"Model only supports text input; received unsupported content type '{kind}'.")
        texts.append(str(part.get("text", "")))
    return " ".join(texts)
