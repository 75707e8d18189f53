"""One request inside the engine, from arrival to its last token."""

from dataclasses import dataclass, field
from typing import Protocol

from simulator.model import Finish, Script
from simulator.radix import Node


class Sink(Protocol):
    """Who is told about a sequence: called after each step that gave it a token or ended it."""

    def advanced(self, sequence: "Sequence") -> None:
        """The sequence has one token more, or `finish` is set, or both."""


@dataclass(slots=True, eq=False)
class Sequence:
    """Progress of one request; instants in seconds of the driver's clock, None until they happen."""

    rid: str
    prompt: tuple[int, ...]
    script: Script
    arrived: float
    sink: Sink
    is_streaming: bool = False
    transferred: int | None = None
    """Prompt tokens that a prefill server found in its cache, where the prompt was computed there."""
    traceparent: str = ""
    """The trace that its client says it belongs to."""
    output: list[int] = field(default_factory=list)
    finish: Finish | None = None

    # Written by the scheduler.
    computed: int = 0
    """Tokens of the context whose KV exists."""
    cached_tokens: int | None = None
    """Prompt tokens found in the cache at the first admission."""
    node: Node | None = None
    """Where the locked part of the context ends in the cache."""
    shared: int = 0
    """Tokens of the context which lie in the cache, up to `node`."""
    private: int = 0
    """Tokens of the pool held outside the cache, whole pages."""
    retractions: int = 0
    admitted: float | None = None
    first_token: float | None = None
    last_token: float | None = None

    @property
    def context(self) -> tuple[int, ...]:
        """Prompt and output so far."""
        return (*self.prompt, *self.output) if self.output else self.prompt

    @property
    def remaining(self) -> int:
        """Tokens still to be generated."""
        return self.script.length - len(self.output)
