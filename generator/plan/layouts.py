"""Which layouts were looked at, and what was taken: for people who read the plan."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LayoutFigures:
    """One layout by its name ("TP 2 x 4"). Bytes are a GPU's, the fullest one's; all of it is estimated."""

    name: str
    weights_bytes: int
    kv_bytes: int
    tokens: int
    """KV tokens of all replicas together."""
    contexts: int
    """Contexts of the length in question that fit at once."""
    start_seconds: int
    request_ms: int
    """For one usual request alone."""
    requests_a_minute: int
    """Usual requests, when full."""
    notes: tuple[str, ...]


@dataclass(frozen=True)
class RejectedLayout:
    """A cut that is not possible, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class RecommendedLayout:
    """The best one for a goal, and why."""

    goal: str
    name: str
    why: str


@dataclass(frozen=True)
class Layouts:
    """What was taken, the best few beside it, and what can't be."""

    context: int
    """Tokens of the context that `contexts` counts; 0 where the model's own is not known."""
    taken: LayoutFigures | None
    """None where nothing fits; a plan always has one."""
    others: tuple[LayoutFigures, ...]
    rejected: tuple[RejectedLayout, ...]
    recommended: tuple[RecommendedLayout, ...]
