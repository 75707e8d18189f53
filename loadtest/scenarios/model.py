"""What a scenario is: a function from a session's number to what that session says.

Nothing but the number, the seed and the profile goes in, so the load can be split over any number of processes
and repeated on another day.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict

Role = Literal["system", "user", "assistant"]


class Spec(BaseModel):
    """The numbers of one kind of scenario, as a profile gives them."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat."""

    role: Role
    content: str


@dataclass(frozen=True, slots=True)
class Turn:
    """One request: `messages` are added to what was said before. `think` is seconds after the last answer."""

    messages: tuple[Message, ...]
    max_tokens: int
    planned_prompt_tokens: int | None = None
    think: float = 0.0
    cancel_after: float | None = None
    request_class: str = "chat"
    extra: Mapping[str, Any] = field(default_factory=dict)
    """Further fields of the request body."""


@dataclass(frozen=True, slots=True)
class Session:
    """Turns one after the other. With `answers` kept, each turn repeats what was said, the answers too."""

    id: str
    turns: tuple[Turn, ...]
    answers: Literal["kept", "dropped"] = "dropped"
    header: Literal["sent", "omitted"] = "omitted"
    """Whether `id` goes out as X-Session-Id, by which an edge may keep a session on its replica."""


class Scenario(Protocol):
    """Something that makes sessions."""

    @property
    def arrivals(self) -> tuple[float, ...] | None:
        """Seconds of each session's arrival, where the scenario itself knows; None: the profile says."""

    def session(self, number: int) -> Session:
        """The session of that number, from 0. The same number gives the same session."""


def seeded(*parts: object) -> random.Random:
    """A random source that depends on `parts` only."""
    return random.Random(" ".join(map(str, parts)))


def zipf_weights(count: int, *, skew: float) -> tuple[float, ...]:
    """Weights of ranks 1..count falling as rank^-skew; a skew of 0 makes all alike."""
    return tuple((rank + 1) ** -skew for rank in range(count))
