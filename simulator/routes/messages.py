"""POST /v1/messages and its token count, as Anthropic clients call them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any, Final

from simulator.answers import Answer, Tell
from simulator.errors import QueueFullError, RefusedError, as_anthropic
from simulator.http import Exchange
from simulator.routes.asked import conversation, flattened, sampling
from simulator.routes.bodies import Message, Sampled, json_body, parse
from simulator.routes.narration import await_all, narrate, refuse_stream
from simulator.server import Server
from simulator.sse import Pen, event, split_event
from simulator.tokens import QUOTED, encode, render_chat

_MARK: Final = "\x00"
_STOP_REASONS: Final = {"length": "max_tokens", "stop": "end_turn", "abort": "end_turn"}


class Counted(Sampled):
    """POST /v1/messages/count_tokens."""

    messages: list[dict[str, Any]]
    system: str | list[dict[str, Any]] | None = None


async def messages(server: Server, exchange: Exchange) -> None:
    """Streamed or not."""
    try:
        body = parse(Message, await json_body(exchange))
        prompt = _prompt(body.system, body.messages)
        asked = sampling(body, limit=body.max_tokens, stop=body.stop_sequences)
        model = body.model or server.model
        answer = server.desk.accept([prompt], body=body, sampling=asked, rid=None)[0]
    except QueueFullError as refused:
        if not body.stream:
            raise as_anthropic(refused) from refused
        await refuse_stream(exchange, *_refusal(refused, model))
        return
    except RefusedError as refused:
        raise as_anthropic(refused) from refused
    if body.stream:
        answer.tell = _teller(answer, Pen(exchange), model)
        await narrate(server, exchange, [answer], closing=lambda: _closing(answer), head="at once")
    elif await await_all(server, exchange, [answer]):
        await exchange.answer_json(_whole(answer, model))


async def count_tokens(_: Server, exchange: Exchange) -> None:
    """Without generating."""
    try:
        body = parse(Counted, await json_body(exchange))
        prompt = _prompt(body.system, body.messages)
    except RefusedError as refused:
        raise as_anthropic(refused) from refused
    await exchange.answer_json({"input_tokens": len(prompt)})


def _prompt(system: Any, turns: list[dict[str, Any]]) -> tuple[int, ...]:
    first = [("system", flattened(system))] if system else []
    return encode(render_chat([*first, *conversation(turns)]))


def _whole(answer: Answer, model: str) -> dict[str, Any]:
    return {
        "id": f"msg_{uuid.uuid4().hex}",
        "type": "message",
        "role": "assistant",
        "content": [{"type": "text", "text": answer.text()}],
        "model": model,
        "stop_reason": _stop_reason(answer),
        "usage": _usage(answer, output=len(answer.sequence.output)),
    }


def _usage(answer: Answer, *, output: int) -> dict[str, int]:
    cached = answer.sequence.cached_tokens or 0
    counted = {"input_tokens": len(answer.sequence.prompt) - cached, "output_tokens": output}
    return {**counted, "cache_read_input_tokens": cached} if cached else counted


def _stop_reason(answer: Answer) -> str:
    finish = answer.sequence.finish
    return _STOP_REASONS[finish.kind] if finish else "end_turn"


def _teller(answer: Answer, pen: Pen, model: str) -> Tell:
    delta = {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": _MARK}}
    before, after = split_event(delta, mark=_MARK, name="content_block_delta")

    def tell(number: int, token: int) -> None:
        if number == 1:
            for opening in _opening(answer, model):
                pen.write(opening)
        quoted = QUOTED[token] if not answer.cut(number) else json.dumps(answer.last_text(token)).encode()
        pen.write(b"%b%b%b" % (before, quoted, after))

    return tell


def _refusal(refused: RefusedError, model: str) -> Iterator[bytes]:
    """Streams of messages begin before the queue is asked."""
    yield _start(model, {"input_tokens": 0, "output_tokens": 0})
    yield _named("error", error=as_anthropic(refused).values["error"])
    yield _named("message_stop")


def _start(model: str, usage: dict[str, int]) -> bytes:
    message: dict[str, Any] = {
        "id": f"msg_{uuid.uuid4().hex}",
        "type": "message",
        "role": "assistant",
        "content": [],
        "model": model,
        "usage": usage,
    }
    return _named("message_start", message=message)


def _opening(answer: Answer, model: str) -> Iterator[bytes]:
    """Only with the first token is it known how much was cached."""
    yield _start(model, _usage(answer, output=0))
    yield _named("content_block_start", index=0, content_block={"type": "text", "text": ""})


def _closing(answer: Answer) -> Iterator[bytes]:
    yield _named("content_block_stop", index=0)
    counted = {"output_tokens": len(answer.sequence.output)}
    yield _named("message_delta", delta={"stop_reason": _stop_reason(answer)}, usage=counted)
    yield _named("message_stop")


def _named(name: str, **values: Any) -> bytes:
    return event({"type": name, **values}, name=name)
