"""One request a session: chat, random lengths, long context, JSON answers, clients that hang up."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import Field, NonNegativeInt, PositiveFloat

from loadtest.lengths import Length, draw
from loadtest.prompts.text import TextMaker
from loadtest.scenarios.model import Message, Session, Spec, Turn, seeded

_JSON_SCHEMA: Final = {
    "type": "object",
    "properties": {
        "title": {"type": "string", "maxLength": 40},
        "score": {"type": "integer"},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 12}, "maxItems": 4},
        "sure": {"type": "boolean"},
    },
    "required": ["title", "score", "tags", "sure"],
    "additionalProperties": False,
}


class Cancellation(Spec):
    """Clients that hang up inside their answer."""

    share: float = Field(ge=0, le=1, description="Of all requests.")
    low: PositiveFloat = Field(0.2, description="Earliest, in seconds after sending.")
    high: PositiveFloat = Field(3.0, description="Latest, in seconds after sending.")


class SingleSpec(Spec):
    """One question, one answer."""

    kind: Literal["single"]
    prompt: Length = Field(description="Whole prompt in tokens, chat template included where that is known.")
    output: Length = Field(description="max_tokens.")
    system_tokens: NonNegativeInt = Field(
        0, description="Of the prompt: a system text that all requests share."
    )
    answer: Literal["text", "json"] = "text"
    cancel: Cancellation | None = None
    request_class: str = Field("chat", description="Name of this traffic in the records.")


class Single:
    """Sessions of one turn, each prompt unlike all others but for the shared system text."""

    arrivals = None

    def __init__(self, spec: SingleSpec, *, maker: TextMaker, seed: int) -> None:
        self._spec = spec
        self._maker = maker
        self._seed = seed
        self._system = (
            maker.text(spec.system_tokens, rng=seeded(seed, "system")) if spec.system_tokens else ""
        )

    def session(self, number: int) -> Session:
        """See `Scenario`."""
        spec, rng = self._spec, seeded(self._seed, "single", number)
        roles = ("system", "user") if self._system else ("user",)
        texts = self._maker.words.room(draw(spec.prompt, rng), roles=roles)
        question = max(1, texts - spec.system_tokens)
        system = (Message("system", self._system),) if self._system else ()
        turn = Turn(
            (*system, Message("user", self._maker.text(question, rng=rng))),
            max_tokens=draw(spec.output, rng),
            planned_prompt_tokens=self._maker.words.planned(question + spec.system_tokens, roles=roles),
            cancel_after=_cancel_after(spec.cancel, dice=rng.random(), moment=rng.random()),
            request_class=spec.request_class,
            extra=_json_answer() if spec.answer == "json" else {},
        )
        return Session(f"single-{self._seed}-{number}", (turn,))


def _cancel_after(cancel: Cancellation | None, *, dice: float, moment: float) -> float | None:
    if cancel is None or dice >= cancel.share:
        return None
    return cancel.low + moment * (cancel.high - cancel.low)


def _json_answer() -> dict[str, Any]:
    return {
        "ignore_eos": False,  # an answer that may not end can never be valid JSON
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "verdict", "schema": _JSON_SCHEMA, "strict": True},
        },
    }
