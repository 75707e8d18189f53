"""Scenarios: the behaviour of clients. Their numbers are in the profiles.

A kind is a `Spec` (what a profile says) and a class that makes sessions from it; `build` pairs them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat

from loadtest.prompts.text import TextMaker, Words
from loadtest.scenarios.agent import Agent, AgentSpec
from loadtest.scenarios.conversation import Conversation, ConversationSpec
from loadtest.scenarios.documents import Documents, DocumentsSpec
from loadtest.scenarios.mixed import Mixed
from loadtest.scenarios.model import Scenario, Spec
from loadtest.scenarios.shared_prefix import SharedPrefix, SharedPrefixSpec
from loadtest.scenarios.single import Single, SingleSpec
from loadtest.scenarios.trace import Replay, TraceSpec

PlainSpec = SingleSpec | SharedPrefixSpec | ConversationSpec | AgentSpec | DocumentsSpec | TraceSpec


class Part(Spec):
    """One kind of traffic in a mix."""

    name: str
    weight: PositiveFloat = 1.0
    scenario: Annotated[PlainSpec, Field(discriminator="kind")]


class MixedSpec(Spec):
    """Several kinds of traffic at once."""

    kind: Literal["mixed"]
    parts: tuple[Part, ...] = Field(min_length=2)


ScenarioSpec = Annotated[PlainSpec | MixedSpec, Field(discriminator="kind")]


def build(spec: PlainSpec | MixedSpec, *, words: Words, seed: int) -> Scenario:
    """The scenario of a spec. Raises ProfileError for a trace that cannot be read."""
    maker = TextMaker(words)
    if isinstance(spec, MixedSpec):
        parts = [
            (part.name, part.weight, _plain(part.scenario, maker=maker, seed=seed)) for part in spec.parts
        ]
        return Mixed(parts, seed=seed)
    return _plain(spec, maker=maker, seed=seed)


def _plain(spec: PlainSpec, *, maker: TextMaker, seed: int) -> Scenario:
    match spec:
        case SingleSpec():
            return Single(spec, maker=maker, seed=seed)
        case SharedPrefixSpec():
            return SharedPrefix(spec, maker=maker, seed=seed)
        case ConversationSpec():
            return Conversation(spec, maker=maker, seed=seed)
        case AgentSpec():
            return Agent(spec, maker=maker, seed=seed)
        case DocumentsSpec():
            return Documents(spec, maker=maker, seed=seed)
        case TraceSpec():
            return Replay(spec, maker=maker, seed=seed)
