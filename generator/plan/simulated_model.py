"""A model folder without weights, rendered for an engine that simulates but still wants a tokenizer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SimulatedModel:
    """`folder` is below build/<project>/."""

    folder: str
    context_length: int
