"""One streamed answer, as it came off the wire: every event with its time and the chunk that brought it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from time import monotonic
from typing import Any, Literal

import httpx

PATH = "/v1/chat/completions"
DONE = "[DONE]"

End = Literal["whole", "broken"]


@dataclass(frozen=True)
class Event:
    """`data` without its framing; `at` in seconds since the request was sent; `chunk` counts HTTP's chunks."""

    data: str
    at: float
    chunk: int

    @property
    def is_token(self) -> bool:
        """Whether it brings text."""
        return any((choice.get("delta") or {}).get("content") for choice in self.choices)

    @property
    def choices(self) -> list[dict[str, Any]]:
        """What must be the same however it was asked; ids, times and counters are not."""
        try:
            found = json.loads(self.data).get("choices", [])
        except (ValueError, AttributeError):
            return []
        return found if isinstance(found, list) else []


@dataclass(frozen=True)
class Stream:
    """`prompt` numbers the prompts; `via` is a replica's name for direct, or the edge's."""

    prompt: int
    via: str
    status: int
    headers: dict[str, str]
    events: tuple[Event, ...]
    end: End

    @property
    def order(self) -> list[object]:
        """What came in which order, comparable between two streams of one prompt."""
        return [event.choices or event.data for event in self.events if event.choices or event.data == DONE]


async def ask(
    client: httpx.AsyncClient, url: str, *, prompt: int, via: str, body: dict[str, object]
) -> Stream:
    """Ask and read to the end. Raises httpx.HTTPError where not even an answer begins."""
    begin = monotonic()
    pending, chunk = b"", 0
    events: list[Event] = []
    end: End = "whole"
    async with client.stream("POST", url, json={**body, "stream": True}) as answer:
        try:
            async for piece in answer.aiter_raw():
                at = monotonic() - begin
                *whole, pending = (pending + piece).split(b"\n\n")
                events.extend(Event(_data(text), at, chunk) for text in whole)
                chunk += 1
        except httpx.HTTPError:
            end = "broken"
    return Stream(prompt, via, answer.status_code, dict(answer.headers), tuple(events), end)


def _data(framed: bytes) -> str:
    return framed.decode(errors="replace").removeprefix("data: ")
