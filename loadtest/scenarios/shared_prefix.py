"""Groups of prompts behind one system text each: the standard test of prefix caching and of routing for it."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate
from typing import Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from loadtest.prompts.text import TextMaker
from loadtest.scenarios.model import Message, Session, Spec, Turn, seeded, zipf_weights

_ROLES = ("system", "user")
_TEXTS_KEPT = 256


class SharedPrefixSpec(Spec):
    """`groups` x `prompts_per_group` requests; then they begin anew with other questions."""

    kind: Literal["shared-prefix"]
    groups: PositiveInt = 64
    prompts_per_group: PositiveInt = 16
    system_tokens: PositiveInt = 2048
    question_tokens: PositiveInt = 128
    output_tokens: PositiveInt = 256
    order: Literal["grouped", "shuffled", "zipf"] = Field(
        "shuffled",
        description="grouped: a group's prompts after each other; zipf: groups drawn by popularity.",
    )
    skew: NonNegativeFloat = Field(1.0, description="For zipf: popularity falls as rank^-skew.")


class SharedPrefix:
    """Sessions of one turn: a group's system text and a question of its own."""

    arrivals = None

    def __init__(self, spec: SharedPrefixSpec, *, maker: TextMaker, seed: int) -> None:
        self._spec = spec
        self._maker = maker
        self._seed = seed
        self._popularity = tuple(accumulate(zipf_weights(spec.groups, skew=spec.skew)))
        self._system = lru_cache(_TEXTS_KEPT)(self._make_system)
        self._shuffled = lru_cache(4)(self._shuffle)

    def session(self, number: int) -> Session:
        """See `Scenario`."""
        spec = self._spec
        group = self._group(number)
        question = self._maker.text(spec.question_tokens, rng=seeded(self._seed, "question", number))
        turn = Turn(
            (Message("system", self._system(group)), Message("user", question)),
            max_tokens=spec.output_tokens,
            planned_prompt_tokens=self._maker.words.planned(
                spec.system_tokens + spec.question_tokens, roles=_ROLES
            ),
            request_class="shared-prefix",
        )
        return Session(f"group-{self._seed}-{group}", (turn,))

    def _group(self, number: int) -> int:
        spec = self._spec
        lap, place = divmod(number, spec.groups * spec.prompts_per_group)
        match spec.order:
            case "grouped":
                return place // spec.prompts_per_group
            case "shuffled":
                return self._shuffled(lap)[place]
            case "zipf":
                rng = seeded(self._seed, "group", number)
                return rng.choices(range(spec.groups), cum_weights=self._popularity)[0]

    def _shuffle(self, lap: int) -> tuple[int, ...]:
        order = [group for group in range(self._spec.groups) for _ in range(self._spec.prompts_per_group)]
        seeded(self._seed, "order", lap).shuffle(order)
        return tuple(order)

    def _make_system(self, group: int) -> str:
        return self._maker.text(self._spec.system_tokens, rng=seeded(self._seed, "system", group))
