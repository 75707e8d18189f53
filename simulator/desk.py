"""Takes requests for the engine: checks their length, plans their answers, queues them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Protocol

from simulator.answers import Answer
from simulator.disaggregation import Pairing
from simulator.engine import Engine
from simulator.errors import QueueFullError, bad_request
from simulator.metrics.api import ApiSeries
from simulator.model import Sampling, compose
from simulator.sequence import Sequence
from simulator.spans.context import header


class Choices(Protocol):
    """What the desk reads of a body."""

    n: int | None
    stream: bool


@dataclass
class Desk:
    """`context_length` bounds prompt and answer together, in tokens."""

    engine: Engine
    metrics: ApiSeries
    context_length: int
    seed: int
    mean_output: int

    def accept(
        self,
        prompts: list[tuple[int, ...]],
        *,
        body: Choices,
        sampling: Sampling,
        rid: str | None,
        pairing: Pairing | None = None,
    ) -> list[Answer]:
        """Queue one sequence for each choice of each prompt.

        Raises RefusedError for what does not fit, QueueFullError when there is no room for one of them.
        """
        for prompt in prompts:
            self._check_length(len(prompt), sampling.limit)
        answers: list[Answer] = []
        for prompt in prompts:
            for choice in range(max(1, body.n or 1)):
                own = replace(sampling, choice=choice, ceiling=max(1, self.context_length - len(prompt) - 1))
                if pairing and pairing.role == "prefill":
                    own = replace(own, limit=1)
                name = rid if rid and not answers else uuid.uuid4().hex
                answer = self._answer(len(answers), prompt, own, rid=name, streaming=body.stream)
                if pairing:
                    _pair(answer.sequence, pairing)
                if self.engine.submit(answer.sequence) == "refused":
                    self.abort(answers)
                    raise QueueFullError
                answers.append(answer)
        return answers

    def abort(self, answers: list[Answer]) -> None:
        """Nobody needs the rest: the client left, or an administrator said so."""
        for answer in answers:
            if answer.sequence.finish is None:
                self.engine.abort(answer.sequence)

    def _answer(
        self, index: int, prompt: tuple[int, ...], sampling: Sampling, *, rid: str, streaming: bool
    ) -> Answer:
        script = compose(prompt, sampling=sampling, seed=self.seed, mean_length=self.mean_output)
        answer = Answer(index, metrics=self.metrics)
        now = self.engine.clock.now()
        answer.sequence = Sequence(rid, prompt, script, now, answer, is_streaming=streaming)
        answer.sequence.traceparent = header.get()
        return answer

    def _check_length(self, length: int, wanted: int | None) -> None:
        limit = self.context_length
        if length >= limit:
            raise bad_request(
                f"The input ({length} tokens) is longer than the model's context length ({limit} tokens)."
            )
        if wanted is not None and length + wanted > limit:
            raise bad_request(
                f"Requested token count exceeds the model's maximum context length of {limit} tokens. "
                f"You requested a total of {length + wanted} tokens: {length} tokens from the input "
                f"messages and {wanted} tokens for the completion. Please reduce the number of tokens "
                "in the input messages or the completion to fit within the limit."
            )


def _pair(sequence: Sequence, pairing: Pairing) -> None:
    """A request has arrived when it reached the server, and not when its prompt did."""
    sequence.arrived = pairing.arrived
    sequence.transferred = pairing.prompt.cached if pairing.prompt else None
    pairing.sequences.append(sequence)
