"""POST /v1/messages and its token count, as Anthropic clients call them."""

from __future__ import annotations

import json
import uuid
from collections.abc import AsyncIterator
from typing import Any

from simulator.answers import Answer
from simulator.errors import bad_request
from simulator.http import Exchange, first_of
from simulator.routes.values import flattened, json_body, required, sampling
from simulator.server import Server
from simulator.sse import event, stream
from simulator.tokens import encode, render_chat, text_of

_STOP_REASONS = {"length": "max_tokens", "stop": "end_turn", "abort": "end_turn"}


async def messages(server: Server, exchange: Exchange) -> None:
    """Streamed or not."""
    values = await json_body(exchange)
    prompt = _prompt(values)
    asked = sampling({**values, "stop": values.get("stop_sequences")}, limit=values.get("max_tokens"))
    answer = server.desk.accept(prompt, values=values, sampling=asked)[0]
    model = str(values.get("model") or server.model)
    work = (
        stream(exchange, _events(answer, model)) if values.get("stream") else _whole(exchange, answer, model)
    )
    if await first_of(work, exchange.gone()) == "stopped":
        server.desk.abort([answer])


async def count_tokens(server: Server, exchange: Exchange) -> None:
    """Without generating."""
    await exchange.answer_json({"input_tokens": len(_prompt(await json_body(exchange)))})


def _prompt(values: dict[str, Any]) -> tuple[int, ...]:
    turns = required(values, "messages")
    if not turns:
        raise bad_request("Messages cannot be empty.")
    system = [("system", flattened(values["system"]))] if values.get("system") else []
    return encode(
        render_chat([*system, *((str(turn.get("role")), flattened(turn.get("content"))) for turn in turns)])
    )


async def _whole(exchange: Exchange, answer: Answer, model: str) -> None:
    await answer.finished()
    await exchange.answer_json(
        {
            "id": f"msg_{uuid.uuid4().hex}",
            "type": "message",
            "role": "assistant",
            "content": [{"type": "text", "text": answer.text()}],
            "model": model,
            "stop_reason": _stop_reason(answer),
            "usage": {**_input(answer), "output_tokens": len(answer.sequence.output), **_cached(answer)},
        }
    )


def _input(answer: Answer) -> dict[str, int]:
    sequence = answer.sequence
    return {"input_tokens": len(sequence.prompt) - (sequence.cached_tokens or 0)}


def _cached(answer: Answer) -> dict[str, int]:
    return {"cache_read_input_tokens": answer.sequence.cached_tokens or 0}


def _stop_reason(answer: Answer) -> str:
    finish = answer.sequence.finish
    return _STOP_REASONS[finish.kind] if finish else "end_turn"


async def _events(answer: Answer, model: str) -> AsyncIterator[bytes]:
    begun = False
    async for tokens in answer.tokens():
        if not begun:
            begun = True
            yield _start(answer, model)
            yield _named("content_block_start", index=0, content_block={"type": "text", "text": ""})
        text = "".join(map(text_of, tokens))
        yield _named("content_block_delta", index=0, delta={"type": "text_delta", "text": text})
    yield _named("content_block_stop", index=0)
    counted = {"output_tokens": len(answer.sequence.output)}
    yield _named("message_delta", delta={"stop_reason": _stop_reason(answer)}, usage=counted)
    yield _named("message_stop")


def _start(answer: Answer, model: str) -> bytes:
    message: dict[str, Any] = {
        "id": f"msg_{uuid.uuid4().hex}",
        "type": "message",
        "role": "assistant",
        "content": [],
        "model": model,
        "usage": {**_input(answer), "output_tokens": 0, **_cached(answer)},
    }
    return _named("message_start", message=message)


def _named(name: str, **values: Any) -> bytes:
    return event(json.loads(json.dumps({"type": name, **values})), name=name)
