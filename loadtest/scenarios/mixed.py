"""Several kinds of traffic at once, as a real endpoint sees them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from loadtest.scenarios.model import Scenario, Session, seeded


class Mixed:
    """Each session is one of the parts', drawn by weight; its requests carry the part's name as their class."""

    arrivals = None

    def __init__(self, parts: Sequence[tuple[str, float, Scenario]], *, seed: int) -> None:
        self._parts = tuple(parts)
        self._weights = tuple(accumulate(weight for _, weight, _ in parts))
        self._seed = seed

    def session(self, number: int) -> Session:
        """See `Scenario`."""
        rng = seeded(self._seed, "part", number)
        name, _, scenario = rng.choices(self._parts, cum_weights=self._weights)[0]
        session = scenario.session(number)
        turns = tuple(replace(turn, request_class=name) for turn in session.turns)
        return replace(session, turns=turns)
