"""Conversations: a history that grows with every question and answer, and people who read before they write."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt

from loadtest.lengths import Fixed, Length, draw
from loadtest.prompts.text import TextMaker
from loadtest.scenarios.model import Message, Session, Spec, Turn, seeded


class ConversationSpec(Spec):
    """Turns of one person with the model."""

    kind: Literal["conversation"]
    turns: Length = Fixed(tokens=5)
    system_tokens: NonNegativeInt = Field(0, description="A system text that all conversations share.")
    first: Length = Field(description="The first question, in tokens.")
    later: Length = Field(description="Each later question, in tokens.")
    output: Length = Field(description="max_tokens of each answer.")
    think_seconds: NonNegativeFloat = Field(0.0, description="Mean pause before a later turn; exponential.")
    session_header: Literal["sent", "omitted"] = "omitted"


class Conversation:
    """Sessions of many turns whose answers become part of the prompt."""

    arrivals = None

    def __init__(self, spec: ConversationSpec, *, maker: TextMaker, seed: int) -> None:
        self._spec = spec
        self._maker = maker
        self._seed = seed
        self._system = (
            maker.text(spec.system_tokens, rng=seeded(seed, "system")) if spec.system_tokens else ""
        )

    def session(self, number: int) -> Session:
        """See `Scenario`."""
        rng = seeded(self._seed, "conversation", number)
        spec = self._spec
        turns = tuple(
            Turn(
                self._messages(draw(spec.later if place else spec.first, rng), number=number, place=place),
                max_tokens=draw(spec.output, rng),
                think=rng.expovariate(1 / spec.think_seconds) if place and spec.think_seconds else 0.0,
                planned_prompt_tokens=None,
                request_class="first turn" if place == 0 else "later turn",
            )
            for place in range(draw(spec.turns, rng))
        )
        return Session(
            f"conversation-{self._seed}-{number}", turns, answers="kept", header=spec.session_header
        )

    def _messages(self, tokens: int, *, number: int, place: int) -> tuple[Message, ...]:
        question = Message("user", self._maker.text(tokens, rng=seeded(self._seed, "say", number, place)))
        if place == 0 and self._system:
            return Message("system", self._system), question
        return (question,)
