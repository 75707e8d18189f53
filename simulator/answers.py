"""From a request's values to running sequences, and from their tokens to text."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.engine import Engine
from simulator.errors import bad_request, queue_full
from simulator.metrics import Metrics
from simulator.model import Sampling, compose
from simulator.sequence import Sequence
from simulator.tokens import decode


@dataclass
class Answer:
    """One choice of one request; the engine tells it of every step."""

    index: int
    sequence: Sequence = field(init=False)
    metrics: Metrics
    speak: Callable[[int], None] | None = None
    """Called with each token, within the step that made it."""
    _sent: int = 0
    _news: asyncio.Future[None] | None = None
    _previous: float = 0.0

    def advanced(self, sequence: Sequence) -> None:
        """Called by the engine, at the instant of the token."""
        self.metrics.advanced(sequence, since=self._previous)
        self._previous = sequence.last_token or 0.0
        if self.speak is not None:
            self.speak(sequence.output[-1])
            if sequence.finish is None:
                return
        if self._news is not None and not self._news.done():
            self._news.set_result(None)

    async def tokens(self) -> AsyncIterator[list[int]]:
        """New tokens as they come, until the answer ends."""
        while True:
            if self._sent == len(self.sequence.output) and self.sequence.finish is None:
                self._news = asyncio.get_running_loop().create_future()
                await self._news
            fresh = self.sequence.output[self._sent :]
            self._sent += len(fresh)
            if fresh:
                yield fresh
            if self.sequence.finish is not None and self._sent == len(self.sequence.output):
                return

    async def finished(self) -> None:
        """Returns at the end of the answer."""
        while self.sequence.finish is None:
            self._news = asyncio.get_running_loop().create_future()
            await self._news

    def text(self) -> str:
        """The whole text, without the stop string."""
        text = decode(self.sequence.output)
        return text[: len(text) - self.sequence.script.trim] if self.sequence.script.trim else text


@dataclass(frozen=True)
class Desk:
    """Takes requests for the engine."""

    engine: Engine
    metrics: Metrics
    context_length: int
    seed: int
    mean_output: int

    def accept(
        self, prompt: tuple[int, ...], *, values: dict[str, Any], sampling: Sampling, rid: str = ""
    ) -> list[Answer]:
        """Queues one sequence per choice. Raises RefusedError for what does not fit or finds the queue full."""
        self._check_length(prompt, sampling)
        answers: list[Answer] = []
        rid = rid or uuid.uuid4().hex
        ceiling = max(1, self.context_length - len(prompt) - 1)
        for index in range(int(values.get("n") or 1)):
            own = Sampling(
                **{**_fields(sampling), "choice": index, "ceiling": min(sampling.ceiling, ceiling)}
            )
            script = compose(prompt, sampling=own, seed=self.seed, mean_length=self.mean_output)
            answer = Answer(index, metrics=self.metrics)
            answer.sequence = Sequence(
                rid, prompt, script, self.engine.clock(), answer, is_streaming=bool(values.get("stream"))
            )
            if self.engine.submit(answer.sequence) == "refused":
                self.abort(answers)
                raise queue_full()
            answers.append(answer)
        return answers

    def abort(self, answers: list[Answer]) -> None:
        """The client left: nobody needs the rest."""
        for answer in answers:
            if answer.sequence.finish is None:
                self.engine.abort(answer.sequence)
                self.metrics.aborted()

    def _check_length(self, prompt: tuple[int, ...], sampling: Sampling) -> None:
        length, limit = len(prompt), self.context_length
        if length >= limit:
            raise bad_request(
                f"The input ({length} tokens) is longer than the model's context length ({limit} tokens)."
            )
        if sampling.limit is not None and length + sampling.limit > limit:
            raise bad_request(
                f"Requested token count exceeds the model's maximum context length of {limit} tokens. "
                f"You requested a total of {length + sampling.limit} tokens: {length} tokens from the input "
                f"messages and {sampling.limit} tokens for the completion. Please reduce the number of tokens "
                "in the input messages or the completion to fit within the limit."
            )


def _fields(sampling: Sampling) -> dict[str, Any]:
    return {name: getattr(sampling, name) for name in Sampling.__dataclass_fields__}


def usage(answers: list[Answer], *, cache_report: bool) -> dict[str, Any]:
    """Counts of the prompt (once) and of all choices."""
    prompt = len(answers[0].sequence.prompt)
    completion = sum(len(answer.sequence.output) for answer in answers)
    cached = {"cached_tokens": answers[0].sequence.cached_tokens or 0} if cache_report else None
    return {
        "prompt_tokens": prompt,
        "total_tokens": prompt + completion,
        "completion_tokens": completion,
        "prompt_tokens_details": cached,
        "reasoning_tokens": 0,
        "completion_tokens_details": None,
    }
