"""Refusals with the engine's own words and shapes (recorded from SGLang 0.5.23)."""

from __future__ import annotations

import json
from typing import Any


class RefusedError(Exception):
    """A request that is answered with an error: status and JSON body."""

    def __init__(self, status: int, values: dict[str, Any]) -> None:
        super().__init__(status)
        self.status = status
        self.values = values

    @property
    def body(self) -> bytes:
        """JSON without spaces."""
        return json.dumps(self.values, separators=(",", ":")).encode()


class QueueFullError(RefusedError):
    """`--max-queued-requests` is reached (not streamed; a stream gets it as its only event)."""

    def __init__(self) -> None:
        super().__init__(503, error_body("The request queue is full.", kind="503", code=503))


def bad_request(message: str) -> RefusedError:
    """What a handler found wrong with the values."""
    return RefusedError(400, error_body(message, kind="BadRequestError", code=400))


def invalid_body(faults: list[dict[str, Any]]) -> RefusedError:
    """What the schema found wrong with the body; the message shows the faults as the real server does.

    That one adds the path of a source file of its own, which tells a client nothing.
    """
    noun = "error" if len(faults) == 1 else "errors"
    lines = "\n".join(f"  {fault}" for fault in faults)
    message = f"{len(faults)} validation {noun}:\n{lines}"
    return InvalidBodyError(400, error_body(message, kind="Bad Request", code=400), faults=faults)


class InvalidBodyError(RefusedError):
    """A body of the wrong form; `faults` as pydantic lists them."""

    def __init__(self, status: int, values: dict[str, Any], *, faults: list[dict[str, Any]]) -> None:
        super().__init__(status, values)
        self.faults = faults


def as_native(refused: RefusedError) -> RefusedError:
    """The shape of errors of /generate; a body of the wrong form and a full queue keep the common one."""
    if isinstance(refused, InvalidBodyError | QueueFullError):
        return refused
    return RefusedError(refused.status, {"error": {"message": refused.values["message"]}})


def as_anthropic(refused: RefusedError) -> RefusedError:
    """The shape of errors of /v1/messages."""
    message = refused.values["message"]
    if isinstance(refused, InvalidBodyError):
        fault = refused.faults[0]
        message = f"{'.'.join(map(str, fault['loc'][1:]))}: {fault['msg']}"
    kind = "invalid_request_error" if refused.status < 500 else "overloaded_error"
    return RefusedError(refused.status, {"type": "error", "error": {"type": kind, "message": message}})


def error_body(message: str, *, kind: str, code: int) -> dict[str, Any]:
    """The shape of every error of the OpenAI routes."""
    return {"object": "error", "message": message, "type": kind, "param": None, "code": code}


QUEUE_FULL_EVENT = {
    "error": error_body("The request queue is full.", kind="SERVICE_UNAVAILABLE", code=503),
}
