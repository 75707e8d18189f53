"""Each choice of a request while it is being generated: its text, its listener, its counts."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from simulator.metrics.api import ApiSeries
from simulator.sequence import Sequence
from simulator.tokens import decode, text_of

Tell = Callable[[int, int], None]
"""Called with the number of a token (from 1) and the token, within the step that made it."""


class Answer:
    """One choice of one request; the engine tells it of every step."""

    def __init__(self, index: int, *, metrics: ApiSeries) -> None:
        self.index = index
        self.sequence: Sequence
        self.tell: Tell | None = None
        self._metrics = metrics
        self._is_speaking = False
        loop = asyncio.get_running_loop()
        self.started: asyncio.Future[None] = loop.create_future()
        """Done with the first token, or with the end where there is none."""
        self._ended: asyncio.Future[None] = loop.create_future()

    def advanced(self, sequence: Sequence) -> None:
        """Called by the engine, at the instant of the token or of the end."""
        if self._is_speaking and self.tell is not None and sequence.output:
            self.tell(len(sequence.output), sequence.output[-1])
        if not self.started.done():
            self.started.set_result(None)
        if sequence.finish is not None and not self._ended.done():
            self._metrics.finished(sequence)
            self._ended.set_result(None)

    def begin_speaking(self) -> None:
        """The head of the response is out: tell what there is already, and from now on each token at once."""
        if self.tell is not None:
            for number, token in enumerate(self.sequence.output, start=1):
                self.tell(number, token)
        self._is_speaking = True

    async def finished(self) -> None:
        """Returns at the end of the answer."""
        await asyncio.shield(self._ended)

    def is_last(self, number: int) -> bool:
        """Whether the token of that number ends the answer."""
        return self.sequence.finish is not None and number == len(self.sequence.output)

    def cut(self, number: int) -> bool:
        """Whether a stop string cuts the text of the token of that number."""
        return self.sequence.script.trim > 0 and self.is_last(number)

    def last_text(self, token: int) -> str:
        """The text of the last token, without the stop string."""
        text = text_of(token)
        return text[: max(0, len(text) - self.sequence.script.trim)]

    def text(self, number: int | None = None) -> str:
        """The text of the first `number` tokens, else of all, without the stop string."""
        count = len(self.sequence.output) if number is None else number
        text = decode(self.sequence.output[:count])
        return text[: len(text) - self.sequence.script.trim] if self.cut(count) else text


def finish_of(answer: Answer) -> dict[str, Any]:
    """`finish_reason` and `matched_stop` of an ended answer."""
    finish = answer.sequence.finish
    if finish is None:
        return {"finish_reason": None, "matched_stop": None}
    return {"finish_reason": finish.kind, "matched_stop": finish.matched}


def metadata(answers: list[Answer]) -> dict[str, Any]:
    """What the engine adds about the weights' version."""
    end = max(len(answer.sequence.output) for answer in answers)
    versions = [{"version": "default", "start": 0, "end": end}]
    return {"weight_version": "default", "weight_versions": versions}


def usage(answers: list[Answer], *, cache_report: bool, tokens: int | None = None) -> dict[str, Any]:
    """Counts of each prompt once and of all choices; `tokens` where the answer has not ended."""
    prompts = {id(answer.sequence.prompt): answer.sequence for answer in answers}.values()
    prompt = sum(len(sequence.prompt) for sequence in prompts)
    cached = sum(sequence.cached_tokens or 0 for sequence in prompts)
    completion = sum(len(answer.sequence.output) for answer in answers) if tokens is None else tokens
    return {
        "prompt_tokens": prompt,
        "total_tokens": prompt + completion,
        "completion_tokens": completion,
        "prompt_tokens_details": {"cached_tokens": cached} if cache_report else None,
        "reasoning_tokens": 0,
        "completion_tokens_details": None,
    }
