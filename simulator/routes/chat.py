"""POST /v1/chat/completions."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from simulator.answers import Answer, Tell, finish_of, metadata, usage
from simulator.errors import QueueFullError
from simulator.http import Exchange
from simulator.routes.asked import conversation, sampling
from simulator.routes.bodies import Chat, json_body, parse
from simulator.routes.instance import literal
from simulator.routes.logprobs import logprobs
from simulator.routes.narration import await_all, narrate, refuse_stream
from simulator.server import Server
from simulator.sse import DONE, Pen, event, split_event
from simulator.tokens import QUOTED, encode, render_chat

_MARK: Final = "\x00"
_NOTHING: Final = {"logprobs": None, "finish_reason": None, "matched_stop": None}


async def chat(server: Server, exchange: Exchange) -> None:
    """Streamed or not."""
    body = parse(Chat, await json_body(exchange))
    prompt = encode(render_chat(conversation(body.messages)))
    limit = body.max_tokens if body.max_completion_tokens is None else body.max_completion_tokens
    asked = sampling(body, limit=limit, literal=literal(body.response_format))
    try:
        answers = server.desk.accept(
            [prompt], body=body, sampling=asked, rid=body.rid, pairing=exchange.pairing
        )
    except QueueFullError:
        if not body.stream:
            raise
        await refuse_stream(exchange)
        return
    model = body.model or server.model
    if body.stream:
        talk = _Talk(server, answers, model, options=body.stream_options or {})
        for answer in answers:
            answer.tell = talk.teller(answer, Pen(exchange))
        await narrate(server, exchange, answers, closing=talk.closing, head="with the first token")
    elif await await_all(server, exchange, answers):
        await exchange.answer_json(_whole(server, answers, model, body))


def _whole(server: Server, answers: list[Answer], model: str, body: Chat) -> dict[str, Any]:
    return {
        "id": answers[0].sequence.rid,
        "object": "chat.completion",
        "created": int(time.time()),
        "model": model,
        "choices": [_choice(answer, body) for answer in answers],
        "usage": usage(answers, cache_report=server.cache_report),
        "metadata": metadata(answers),
    }


def _choice(answer: Answer, body: Chat) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer.text(), "reasoning_content": None}
    likely = logprobs(answer, top=body.top_logprobs or 0) if body.logprobs else None
    return {"index": answer.index, "message": message, "logprobs": likely, **finish_of(answer)}


@dataclass
class _Talk:
    """The events of one streamed request."""

    server: Server
    answers: list[Answer]
    model: str
    options: dict[str, Any]

    def __post_init__(self) -> None:
        self._created = int(time.time())

    def _event(self, answer: Answer, delta: dict[str, Any], **more: Any) -> dict[str, Any]:
        choice = {"index": answer.index, "delta": {"reasoning_content": None, **delta}, **_NOTHING}
        return {**self._head(answer), "choices": [{**choice, **more}]}

    def _head(self, answer: Answer) -> dict[str, Any]:
        kind = {"object": "chat.completion.chunk", "created": self._created}
        return {"id": answer.sequence.rid, **kind, "model": self.model}

    def teller(self, answer: Answer, pen: Pen) -> Tell:
        """Writes one event a token. All but the text is made once, unless usage is asked for continuously."""
        opening = event(self._event(answer, {"role": "assistant", "content": ""}))
        before, after = split_event(self._event(answer, {"content": _MARK}), mark=_MARK)
        counts = bool(self.options.get("continuous_usage_stats"))

        def tell(number: int, token: int) -> None:
            if number == 1:
                pen.write(opening)
            quoted = QUOTED[token] if not answer.cut(number) else json.dumps(answer.last_text(token)).encode()
            if quoted == b'""':
                return
            if counts:
                counted = usage([answer], cache_report=self.server.cache_report, tokens=number)
                text = {"content": json.loads(quoted)}
                pen.write(event({**self._event(answer, text), "usage": counted}))
            else:
                pen.write(b"%b%b%b" % (before, quoted, after))

        return tell

    def closing(self) -> Iterator[bytes]:
        """The reason of each choice, usage where asked for, and the end mark."""
        for answer in self.answers:
            if not answer.sequence.output:
                yield event(self._event(answer, {"role": "assistant", "content": ""}))
            yield event(self._event(answer, {}, **finish_of(answer)))
        if self.options.get("include_usage") or self.server.always_usage:
            total = usage(self.answers, cache_report=self.server.cache_report)
            yield event({**self._head(self.answers[0]), "choices": [], "usage": total})
        yield DONE
