"""Refusals with the engine's own words and shapes (recorded from SGLang 0.5.23)."""

from __future__ import annotations

import json
from typing import Any


class RefusedError(Exception):
    """A request that is answered with an error: status and JSON body."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(status)
        self.status = status
        self.body = json.dumps(body, separators=(",", ":")).encode()


def bad_request(message: str) -> RefusedError:
    """What a handler found wrong with the values."""
    return RefusedError(400, error_body(message, kind="BadRequestError", code=400))


def invalid_body(detail: dict[str, Any]) -> RefusedError:
    """What the schema found wrong with the body; the message shows the detail as FastAPI's validation does."""
    return RefusedError(400, error_body(f"1 validation error:\n  {detail}", kind="Bad Request", code=400))


def queue_full() -> RefusedError:
    """`--max-queued-requests` is reached (not streamed; a stream gets it as its only event)."""
    return RefusedError(503, error_body("The request queue is full.", kind="503", code=503))


def error_body(message: str, *, kind: str, code: int) -> dict[str, Any]:
    """The shape of every error of the inference routes."""
    return {"object": "error", "message": message, "type": kind, "param": None, "code": code}


QUEUE_FULL_EVENT = {
    "error": error_body("The request queue is full.", kind="SERVICE_UNAVAILABLE", code=503),
}
