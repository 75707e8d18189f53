"""An agent with tools: a long system text, short answers, results that pile up, hardly a pause in between.

Tool results come back as user messages: that is how agents talk to models whose template knows no tool role,
and it needs nothing of the model.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, NonNegativeFloat, PositiveInt

from loadtest.lengths import Fixed, Length, draw
from loadtest.prompts.text import TextMaker
from loadtest.scenarios.model import Message, Session, Spec, Turn, seeded


class AgentSpec(Spec):
    """One task of an agent."""

    kind: Literal["agent"]
    system_tokens: PositiveInt = Field(
        4096, description="Instructions and tool descriptions; all tasks share them."
    )
    task: Length = Fixed(tokens=200)
    steps: Length = Fixed(tokens=8)
    result: Length = Fixed(tokens=600)
    output: Length = Fixed(tokens=64)
    tool_seconds: NonNegativeFloat = Field(0.3, description="Mean time a tool takes; exponential.")
    session_header: Literal["sent", "omitted"] = "omitted"


class Agent:
    """Sessions of one task each."""

    arrivals = None

    def __init__(self, spec: AgentSpec, *, maker: TextMaker, seed: int) -> None:
        self._spec = spec
        self._maker = maker
        self._seed = seed
        self._system = maker.text(spec.system_tokens, rng=seeded(seed, "tools"))

    def session(self, number: int) -> Session:
        """See `Scenario`."""
        spec, rng = self._spec, seeded(self._seed, "agent", number)
        begin = Turn(
            (Message("system", self._system), self._said(draw(spec.task, rng), number=number, place=0)),
            max_tokens=draw(spec.output, rng),
            request_class="task",
        )
        steps = tuple(
            Turn(
                (self._said(draw(spec.result, rng), number=number, place=place),),
                max_tokens=draw(spec.output, rng),
                think=rng.expovariate(1 / spec.tool_seconds) if spec.tool_seconds else 0.0,
                request_class="step",
            )
            for place in range(1, draw(spec.steps, rng))
        )
        return Session(
            f"agent-{self._seed}-{number}", (begin, *steps), answers="kept", header=spec.session_header
        )

    def _said(self, tokens: int, *, number: int, place: int) -> Message:
        rng = seeded(self._seed, "result", number, place)
        return Message("user", self._maker.text(tokens, rng=rng))
