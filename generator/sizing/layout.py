"""A layout: how one model is cut and copied over a host's GPUs, and what that gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.sizing.fit import Fit
from generator.sizing.links import GpuSet
from generator.sizing.weights import Split

Goal = Literal["throughput", "latency", "memory"]
Why = Literal["illegal", "arguments", "apart", "small"]
"""The engine refuses it; refuses it with these arguments; there are no such GPUs; it does not fit into them."""
GOALS: tuple[Goal, ...] = ("throughput", "latency", "memory")


@dataclass(frozen=True)
class Layout:
    """`sets` has one entry a replica; the first `prefill` of them take prompts in where the work is split."""

    split: Split
    sets: tuple[GpuSet, ...]
    prefill: int
    fit: Fit
    """Of the replica that generates with the least room."""
    tokens: int
    """KV of all replicas that generate."""
    contexts: int
    """Contexts of the length asked for that are held at once; a replica holds whole ones only."""
    start_seconds: int
    seconds: float
    """For one usual request alone."""
    rate: float
    """Usual requests a second when full."""
    notes: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()
    """Of the engine, without which there would be no room for KV."""

    @property
    def name(self) -> str:
        """ "TP 2 x 4": the cut of a replica, and how many there are."""
        stages = f" PP {self.split.pipeline}" if self.split.pipeline > 1 else ""
        copies = len(self.sets)
        shape = f"{self.prefill} prefill + {copies - self.prefill} decode" if self.prefill else str(copies)
        return f"TP {self.split.tensor}{stages} x {shape}"

    @property
    def gpus(self) -> int:
        """GPUs it uses."""
        return self.split.gpus * len(self.sets)


@dataclass(frozen=True)
class Rejected:
    """A cut that is not possible, and why."""

    split: Split
    kind: Why
    reason: str

    @property
    def name(self) -> str:
        """ "TP 3", "TP 2 PP 2"."""
        stages = f" PP {self.split.pipeline}" if self.split.pipeline > 1 else ""
        return f"TP {self.split.tensor}{stages}"


@dataclass(frozen=True)
class Recommendation:
    """The best layout for a goal, in two sentences."""

    goal: Goal
    layout: Layout
    why: str


@dataclass(frozen=True)
class Search:
    """All that is possible, best for throughput first, and all that is not."""

    layouts: tuple[Layout, ...]
    rejected: tuple[Rejected, ...]
    recommended: tuple[Recommendation, ...]

    def best(self, goal: Goal) -> Recommendation | None:
        """None where nothing fits."""
        return next((each for each in self.recommended if each.goal == goal), None)
