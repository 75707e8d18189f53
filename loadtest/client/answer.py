"""One answer of a chat completion, read from bytes: when its chunks came, and what the server said of itself.

Does no I/O. `feed` takes the bytes of one read and the moment they arrived; all chunks of one read share it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

import httptools

from loadtest.client.sse import DONE, has_output, has_reasoning, is_plain_text, payload_of, text_of
from loadtest.record import ErrorClass

_EVENT_STREAM: Final = "text/event-stream"
_DETAIL_LENGTH: Final = 300


class Keep(Enum):
    """Whether the text of the answer is wanted: the next turn of a conversation repeats it."""

    TEXT = "text"
    NOTHING = "nothing"


class Answer:
    """The state of one answer. Moments are `perf_counter` seconds; None where they have not come."""

    def __init__(self, keep: Keep = Keep.NOTHING) -> None:
        self.stamps: list[float] = []
        """Arrival of each chunk with non-empty content."""
        self.reasoning_first: float | None = None
        self.done: float | None = None
        self.usage: Mapping[str, Any] = {}
        self.headers: dict[str, str] = {}
        self.status: int | None = None
        self.error: ErrorClass | None = None
        self.detail = ""
        self.complete = False
        """The HTTP message has ended; the connection is free."""
        self.keep_alive = False
        self._keep = keep
        self._events: list[bytes] = []
        self._rest = b""
        self._now = 0.0
        self._said_done = False
        self._parser: httptools.HttpResponseParser | None = httptools.HttpResponseParser(self)

    @property
    def streamed(self) -> bool:
        """Whether the server answered with an event stream."""
        return self.headers.get("content-type", "").startswith(_EVENT_STREAM)

    @property
    def text(self) -> str:
        """The content so far; empty unless it was to be kept."""
        return text_of(self._events)

    def feed(self, data: bytes, *, now: float) -> None:
        """Take the bytes of one read."""
        self._now = now
        if self._parser is None:
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade) as problem:
            self.fail("protocol", detail=f"not HTTP/1.1: {problem}")
            self.complete, self.keep_alive = True, False
        if self.complete:
            self._parser = None  # it and this object hold each other: nothing for the garbage collector

    def feed_end(self, *, now: float) -> None:
        """The server closed the connection."""
        self._now = now
        if self.complete:
            return
        if self.status is not None and not {"content-length", "transfer-encoding"} & self.headers.keys():
            self.on_message_complete()  # a body without a length ends with the connection
        elif self.status is None:
            self.fail("connect", detail="the server closed the connection without an answer")
        else:
            self.fail("truncated", detail="the connection ended inside the answer")
        self.complete, self.keep_alive = True, False

    def fail(self, error: ErrorClass, *, detail: str) -> None:
        """Note the first error; later ones follow from it."""
        if self.error is None:
            self.error, self.detail = error, detail[:_DETAIL_LENGTH]

    def on_header(self, name: bytes, value: bytes) -> None:
        """Called by the parser."""
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        """Called by the parser."""
        if self._parser:
            self.status = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        """Called by the parser: a piece of the body, of any size."""
        if not self.streamed:
            self._rest += body
            return
        if self._rest:
            body = self._rest + body
        if b"\r" in body:
            body = body.replace(b"\r", b"")  # JSON has none inside its strings
        *events, self._rest = body.split(b"\n\n")
        for event in events:
            if is_plain_text(event):
                self._take_content(event)
            else:
                self._take_other(event)

    def on_message_complete(self) -> None:
        """Called by the parser."""
        self.complete = True
        self.keep_alive = self._parser is not None and self._parser.should_keep_alive()
        if self.streamed and self.status == 200:
            self._end_of_stream()
        else:
            self._end_of_body()
        self.done = self.done or self._now

    def _take_content(self, event: bytes) -> None:
        self.stamps.append(self._now)
        if self._keep is Keep.TEXT:
            self._events.append(event)

    def _take_other(self, event: bytes) -> None:
        payload = payload_of(event)
        if payload == DONE:
            self._said_done, self.done = True, self._now
        elif payload:
            try:
                self._take_chunk(json.loads(payload), event)
            except (ValueError, AttributeError, TypeError):
                self.fail("protocol", detail=f"an event that is no chat chunk: {payload[:120]!r}")

    def _take_chunk(self, chunk: Mapping[str, Any], event: bytes) -> None:
        if problem := chunk.get("error"):
            self.fail(error_class(code_of(problem)), detail=message_of(problem))
        self.usage = chunk.get("usage") or self.usage
        for choice in chunk.get("choices") or ():
            delta = choice.get("delta") or {}
            if has_output(delta):
                self._take_content(event)
            if has_reasoning(delta) and self.reasoning_first is None:
                self.reasoning_first = self._now
            if choice.get("finish_reason") == "abort":
                self.fail("truncated", detail="the engine aborted the request")

    def _end_of_stream(self) -> None:
        if not self._said_done:
            self.fail("truncated", detail="the stream ended without [DONE]")

    def _end_of_body(self) -> None:
        try:
            body = json.loads(self._rest)
        except ValueError:
            body = {}
        if self.status != 200:
            text = message_of(body.get("error") or body) if isinstance(body, dict) else ""
            self.fail(error_class(self.status or 0), detail=text or f"status {self.status}")
        elif not isinstance(body, dict) or "choices" not in body:
            self.fail("protocol", detail=f"no chat completion: {self._rest[:120]!r}")
        else:
            self.usage = body.get("usage") or {}
            self.stamps.append(self._now)


def error_class(status: int) -> ErrorClass:
    """The error class of an HTTP status that is no success."""
    if status == 429:
        return "429"
    if 400 <= status < 500:
        return "4xx"
    return "5xx" if status >= 500 else "protocol"


def code_of(problem: object) -> int:
    """The status inside an error event; 500 where it names none."""
    code = problem.get("code") if isinstance(problem, Mapping) else None
    return code if isinstance(code, int) else 500


def message_of(problem: object) -> str:
    """The words of an error body, whichever of the shapes in use it has."""
    if isinstance(problem, Mapping):
        return str(problem.get("message") or problem.get("detail") or problem.get("error") or "")
    return str(problem)
