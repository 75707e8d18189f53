"""POST /v1/chat/completions."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from simulator.answers import Answer, usage
from simulator.errors import QUEUE_FULL_EVENT, RefusedError, bad_request
from simulator.http import EVENTS, Exchange, first_of
from simulator.routes.values import flattened, json_body, required, sampling
from simulator.server import Server
from simulator.sse import DONE, Pen, event, split_event, stream
from simulator.tokens import QUOTED, encode, render_chat, text_of

_MARK = "\x00"
_NOTHING = {"logprobs": None, "finish_reason": None, "matched_stop": None}


async def chat(server: Server, exchange: Exchange) -> None:
    """Streamed or not."""
    values = await json_body(exchange)
    turns = required(values, "messages")
    if not turns:
        raise bad_request("Messages cannot be empty.")
    prompt = encode(render_chat((str(turn.get("role")), flattened(turn.get("content"))) for turn in turns))
    limit = values.get("max_completion_tokens", values.get("max_tokens"))
    asked = sampling(values, limit=limit)
    model = str(values.get("model") or server.model)
    try:
        answers = server.desk.accept(prompt, values=values, sampling=asked, rid=str(values.get("rid") or ""))
    except RefusedError as refused:
        if refused.status == 503 and values.get("stream"):
            await stream(exchange, _refusal())
            return
        raise
    work = (
        _stream(server, exchange, answers, values, model)
        if values.get("stream")
        else _whole(server, exchange, answers, model)
    )
    if await first_of(work, exchange.gone()) == "stopped":
        server.desk.abort(answers)


async def _refusal() -> AsyncIterator[bytes]:
    yield b"data: " + json.dumps(QUEUE_FULL_EVENT).encode() + b"\n\n"
    yield DONE


async def _whole(server: Server, exchange: Exchange, answers: list[Answer], model: str) -> None:
    await asyncio.gather(*(answer.finished() for answer in answers))
    longest = max(len(answer.sequence.output) for answer in answers)
    await exchange.answer_json(
        {
            "id": answers[0].sequence.rid,
            "object": "chat.completion",
            "created": int(time.time()),
            "model": model,
            "choices": [_choice(answer) for answer in answers],
            "usage": usage(answers, cache_report=server.cache_report),
            "metadata": metadata(longest),
        }
    )


def _choice(answer: Answer) -> dict[str, Any]:
    message = {"role": "assistant", "content": answer.text(), "reasoning_content": None}
    return {"index": answer.index, "message": message, "logprobs": None, **finish_of(answer)}


def finish_of(answer: Answer) -> dict[str, Any]:
    """`finish_reason` and `matched_stop` of an ended answer."""
    finish = answer.sequence.finish
    return {
        "finish_reason": finish.kind if finish else None,
        "matched_stop": finish.matched if finish else None,
    }


def metadata(tokens: int) -> dict[str, Any]:
    """What the engine adds about the weights' version."""
    return {
        "weight_version": "default",
        "weight_versions": [{"version": "default", "start": 0, "end": tokens}],
    }


async def _stream(
    server: Server, exchange: Exchange, answers: list[Answer], values: dict[str, Any], model: str
) -> None:
    head = {
        "id": answers[0].sequence.rid,
        "object": "chat.completion.chunk",
        "created": int(time.time()),
        "model": model,
    }
    options = values.get("stream_options") or {}
    if len(answers) == 1 and not options.get("continuous_usage_stats"):
        answers[0].speak = _speaker(answers[0], head, Pen(exchange))
        await _spoken(server, exchange, answers[0], values, head)
    else:
        await stream(exchange, _events(server, answers, options, head))


async def _events(
    server: Server, answers: list[Answer], options: dict[str, Any], head: dict[str, Any]
) -> AsyncIterator[bytes]:
    running = bool(options.get("continuous_usage_stats"))
    for answer in answers:
        async for chunk in _choice_events(server, answer, head, running=running):
            yield chunk
    if options.get("include_usage") or server.always_usage:
        yield event({**head, "choices": [], "usage": usage(answers, cache_report=server.cache_report)})
    yield DONE


async def _choice_events(
    server: Server, answer: Answer, head: dict[str, Any], *, running: bool
) -> AsyncIterator[bytes]:
    def chunk(delta: dict[str, Any], end: dict[str, Any]) -> dict[str, Any]:
        counted = {"usage": usage([answer], cache_report=server.cache_report)} if running else {}
        return {**head, "choices": [{"index": answer.index, "delta": delta, **_NOTHING, **end}], **counted}

    spoken = False
    async for tokens in answer.tokens():
        if not spoken:
            spoken = True
            yield event(chunk({"reasoning_content": None, "role": "assistant", "content": ""}, {}))
        if text := _visible(answer, tokens):
            yield event(chunk({"reasoning_content": None, "content": text}, {}))
    yield event(chunk({"reasoning_content": None}, finish_of(answer)))


def _visible(answer: Answer, tokens: list[int]) -> str:
    """The text of new tokens; a stop string at the end is not shown."""
    text = "".join(map(text_of, tokens))
    sequence = answer.sequence
    return text[: len(text) - sequence.script.trim] if sequence.finish and sequence.script.trim else text


def _speaker(answer: Answer, head: dict[str, Any], pen: Pen) -> Callable[[int], None]:
    """Writes one event a token; all but the text is made once."""

    def chunk(delta: dict[str, Any]) -> dict[str, Any]:
        return {**head, "choices": [{"index": answer.index, "delta": delta, **_NOTHING}]}

    before, after = split_event(chunk({"reasoning_content": None, "content": _MARK}), mark=_MARK)
    opening = event(chunk({"reasoning_content": None, "role": "assistant", "content": ""}))
    write, quoted = pen.write, QUOTED

    def speak(token: int) -> None:
        sequence = answer.sequence
        if len(sequence.output) == 1:
            write(opening)
        if sequence.finish is not None and sequence.script.trim:
            if text := _visible(answer, [token]):
                write(b"%b%b%b" % (before, json.dumps(text).encode(), after))
        else:
            write(b"%b%b%b" % (before, quoted[token], after))

    return speak


async def _spoken(
    server: Server, exchange: Exchange, answer: Answer, values: dict[str, Any], head: dict[str, Any]
) -> None:
    """The common stream: one choice, usage at the end if at all."""
    await exchange.begin(200, [(b"content-type", EVENTS)])
    await answer.finished()
    nothing = {"index": answer.index, "delta": {"reasoning_content": None}, "logprobs": None}
    rest = [event({**head, "choices": [{**nothing, **finish_of(answer)}]})]
    if (values.get("stream_options") or {}).get("include_usage") or server.always_usage:
        rest.append(
            event({**head, "choices": [], "usage": usage([answer], cache_report=server.cache_report)})
        )
    for chunk in (*rest, DONE):
        await exchange.send({"type": "http.response.body", "body": chunk, "more_body": True})
    await exchange.send({"type": "http.response.body", "body": b""})
