"""POST /v1/completions: a text, a list of texts, or token ids."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

from simulator.answers import Answer, usage
from simulator.http import Exchange, first_of
from simulator.model import Sampling
from simulator.routes.chat import finish_of, metadata
from simulator.routes.values import json_body, required, sampling
from simulator.server import Server
from simulator.sse import DONE, event, split_event, stream
from simulator.tokens import encode, text_of

_DEFAULT_LIMIT = 16
_MARK = "\x00"


async def completions(server: Server, exchange: Exchange) -> None:
    """Streamed or not; each prompt of a list is a choice."""
    values = await json_body(exchange)
    prompts = _prompts(required(values, "prompt"))
    asked = sampling(values, limit=values.get("max_tokens", _DEFAULT_LIMIT))
    answers = _accept(server, prompts, values, asked)
    model = str(values.get("model") or server.model)
    streamed = bool(values.get("stream"))
    work = (
        stream(exchange, _events(server, answers, values, model))
        if streamed
        else _whole(server, exchange, answers, model)
    )
    if await first_of(work, exchange.gone()) == "stopped":
        server.desk.abort(answers)


def _prompts(prompt: Any) -> list[tuple[int, ...]]:
    if isinstance(prompt, str):
        return [encode(prompt)]
    if prompt and isinstance(prompt[0], int):
        return [tuple(prompt)]
    return [encode(text) if isinstance(text, str) else tuple(text) for text in prompt]


def _accept(
    server: Server, prompts: list[tuple[int, ...]], values: dict[str, Any], asked: Sampling
) -> list[Answer]:
    answers: list[Answer] = []
    for prompt in prompts:
        rid = answers[0].sequence.rid if answers else str(values.get("rid") or "")
        answers += server.desk.accept(prompt, values=values, sampling=asked, rid=rid)
    for index, answer in enumerate(answers):
        answer.index = index
    return answers


async def _whole(server: Server, exchange: Exchange, answers: list[Answer], model: str) -> None:
    await asyncio.gather(*(answer.finished() for answer in answers))
    await exchange.answer_json(
        {
            "id": answers[0].sequence.rid,
            "object": "text_completion",
            "created": int(time.time()),
            "model": model,
            "choices": [
                {"index": answer.index, "text": answer.text(), "logprobs": None, **finish_of(answer)}
                for answer in answers
            ],
            "usage": usage(answers, cache_report=server.cache_report),
            "metadata": metadata(max(len(answer.sequence.output) for answer in answers)),
        }
    )


async def _events(
    server: Server, answers: list[Answer], values: dict[str, Any], model: str
) -> AsyncIterator[bytes]:
    head = {
        "id": answers[0].sequence.rid,
        "object": "text_completion",
        "created": int(time.time()),
        "model": model,
    }
    for answer in answers:
        nothing = {"logprobs": None, "finish_reason": None, "matched_stop": None}
        choice = {"index": answer.index, "text": _MARK, **nothing}
        before, after = split_event({**head, "choices": [choice], "usage": None}, mark=_MARK)
        async for tokens in answer.tokens():
            text = "".join(map(text_of, tokens))
            if answer.sequence.finish is None:
                yield b"%b%b%b" % (before, json.dumps(text).encode(), after)
                continue
            # The last text comes with the end, in one event.
            trim = answer.sequence.script.trim
            last = {
                "index": answer.index,
                "text": text[: len(text) - trim],
                "logprobs": None,
                **finish_of(answer),
            }
            yield event({**head, "choices": [last], "usage": None})
    if (values.get("stream_options") or {}).get("include_usage") or server.always_usage:
        yield event({**head, "choices": [], "usage": usage(answers, cache_report=server.cache_report)})
    yield DONE
