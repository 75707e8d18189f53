"""POST /v1/completions: a text, a list of texts, token ids, or a list of those."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from simulator.answers import Answer, Tell, finish_of, metadata, usage
from simulator.errors import QueueFullError, bad_request
from simulator.http import Exchange
from simulator.routes.asked import sampling
from simulator.routes.bodies import Completion, json_body, parse
from simulator.routes.narration import await_all, narrate, refuse_stream
from simulator.server import Server
from simulator.sse import DONE, Pen, event, split_event
from simulator.tokens import QUOTED, decode, encode

_MARK: Final = "\x00"
_NOTHING: Final = {"logprobs": None, "finish_reason": None, "matched_stop": None}


async def completions(server: Server, exchange: Exchange) -> None:
    """Streamed or not; each prompt of a list is a choice of its own."""
    body = parse(Completion, await json_body(exchange))
    prompts = _prompts(body.prompt)
    asked = sampling(body, limit=body.max_tokens)
    try:
        answers = server.desk.accept(
            prompts, body=body, sampling=asked, rid=body.rid, pairing=exchange.pairing
        )
    except QueueFullError:
        if not body.stream:
            raise
        await refuse_stream(exchange)
        return
    talk = _Talk(server, answers, body)
    if body.stream:
        for answer in answers:
            answer.tell = talk.teller(answer, Pen(exchange))
        await narrate(server, exchange, answers, closing=talk.closing, head="with the first token")
    elif await await_all(server, exchange, answers):
        await exchange.answer_json(talk.whole())


def _prompts(prompt: str | list[str] | list[int] | list[list[int]]) -> list[tuple[int, ...]]:
    if isinstance(prompt, str):
        prompts = [encode(prompt)]
    elif prompt and isinstance(prompt[0], int):
        prompts = [tuple(token for token in prompt if isinstance(token, int))]
    else:
        prompts = [
            encode(one) if isinstance(one, str) else tuple(one) for one in prompt if not isinstance(one, int)
        ]
    if not all(prompts) or not prompts:
        raise bad_request("Prompt cannot be empty")
    return prompts


@dataclass
class _Talk:
    """One request's answer, whole or in events."""

    server: Server
    answers: list[Answer]
    body: Completion

    def __post_init__(self) -> None:
        self._created = int(time.time())

    def whole(self) -> dict[str, Any]:
        """The JSON of all choices."""
        return {
            **self._head(self.answers[0]),
            "choices": [self._ended(answer, self._prompt(answer) + answer.text()) for answer in self.answers],
            "usage": usage(self.answers, cache_report=self.server.cache_report),
            "metadata": metadata(self.answers),
        }

    def teller(self, answer: Answer, pen: Pen) -> Tell:
        """Writes one event a token; the last one names the reason."""
        choice = {"index": answer.index, "text": _MARK, **_NOTHING}
        frame = {**self._head(answer), "choices": [choice], "usage": None}
        before, after = split_event(frame, mark=_MARK)

        def tell(number: int, token: int) -> None:
            if number == 1 and self.body.echo:
                pen.write(event({**frame, "choices": [{**choice, "text": self._prompt(answer)}]}))
            if answer.is_last(number):
                ended = self._ended(answer, answer.last_text(token))
                pen.write(event({**frame, "choices": [ended]}))
            else:
                pen.write(b"%b%b%b" % (before, QUOTED[token], after))

        return tell

    def closing(self) -> Iterator[bytes]:
        """What no token brought: the reason of an empty answer, usage, and the end mark."""
        for answer in self.answers:
            if not answer.sequence.output:
                yield event({**self._head(answer), "choices": [self._ended(answer, "")], "usage": None})
        if (self.body.stream_options or {}).get("include_usage") or self.server.always_usage:
            total = usage(self.answers, cache_report=self.server.cache_report)
            total.pop("completion_tokens_details")  # the real stream has it nowhere but in chats
            yield event({**self._head(self.answers[0]), "choices": [], "usage": total})
        yield DONE

    def _head(self, answer: Answer) -> dict[str, Any]:
        kind = {"object": "text_completion", "created": self._created}
        return {"id": answer.sequence.rid, **kind, "model": self.body.model or self.server.model}

    def _ended(self, answer: Answer, text: str) -> dict[str, Any]:
        return {"index": answer.index, "text": text, "logprobs": None, **finish_of(answer)}

    def _prompt(self, answer: Answer) -> str:
        return decode(answer.sequence.prompt) if self.body.echo else ""
