"""POST /generate, the engine's native route."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

from simulator.answers import Answer
from simulator.errors import bad_request
from simulator.http import Exchange, first_of
from simulator.routes.values import json_body, sampling
from simulator.server import Server
from simulator.sse import DONE, event, stream
from simulator.tokens import encode

_DEFAULT_LIMIT = 128


async def generate(server: Server, exchange: Exchange) -> None:
    """`text` or `input_ids`; a list of either is a batch, which is answered as a list."""
    values = await json_body(exchange)
    prompts, batched = _prompts(values)
    parameters = values.get("sampling_params") or {}
    asked = sampling(parameters, limit=parameters.get("max_new_tokens", _DEFAULT_LIMIT))
    answers = [
        answer
        for prompt in prompts
        for answer in server.desk.accept(
            prompt,
            values={**values, "n": parameters.get("n")},
            sampling=asked,
            rid="" if batched else str(values.get("rid") or ""),
        )
    ]
    work = (
        stream(exchange, _events(answers[0]))
        if values.get("stream")
        else _whole(exchange, answers, batched=batched or len(answers) > 1)
    )
    if await first_of(work, exchange.gone()) == "stopped":
        server.desk.abort(answers)


def _prompts(values: dict[str, Any]) -> tuple[list[tuple[int, ...]], bool]:
    text, ids = values.get("text"), values.get("input_ids")
    if text is None and ids is None:
        raise bad_request("Either text, input_ids or input_embeds should be provided.")
    if isinstance(text, str):
        return [encode(text)], False
    if text is not None:
        return [encode(one) for one in text], True
    if ids and isinstance(ids[0], int):
        return [tuple(ids)], False
    return [tuple(one) for one in ids or ()], True


async def _whole(exchange: Exchange, answers: list[Answer], *, batched: bool) -> None:
    await asyncio.gather(*(answer.finished() for answer in answers))
    results = [_result(answer) for answer in answers]
    await exchange.answer_json(results if batched else results[0])


async def _events(answer: Answer) -> AsyncIterator[bytes]:
    """Each event repeats the text so far."""
    async for _ in answer.tokens():
        yield event(_result(answer))
    yield DONE


def _result(answer: Answer) -> dict[str, Any]:
    return {
        "text": answer.text(),
        "output_ids": list(answer.sequence.output),
        "meta_info": _meta(answer),
    }


def _meta(answer: Answer) -> dict[str, Any]:
    sequence, now = answer.sequence, time.time()
    cached, arrived = sequence.cached_tokens or 0, sequence.arrived
    first, last = sequence.first_token or arrived, sequence.last_token or arrived
    queue_time = (sequence.admitted or arrived) - arrived
    start = now - (last - arrived)
    meta = {
        "id": sequence.rid,
        "finish_reason": _reason(answer),
        "prompt_tokens": len(sequence.prompt),
        "weight_version": "default",
        "num_retractions": sequence.retractions,
        "storage_prefetch_wait": 0.0,
        "storage_staging_wait": 0.0,
        "forward_entry_time": start + queue_time,
        "prefill_finished_time": start + first - arrived,
        "queue_time": queue_time,
        "reasoning_tokens": 0,
        "completion_tokens": len(sequence.output),
        "cached_tokens": cached,
        "cached_tokens_details": {"device": cached, "host": 0},
        "dp_rank": None,
        "response_sent_to_client_ts": now,
    }
    if sequence.finish is None:
        return meta
    tokens, seconds = len(sequence.output), last - first
    return {
        **meta,
        "weight_versions": [{"version": "default", "start": 0, "end": tokens}],
        "e2e_latency": last - arrived,
        "request_received_ts": start,
        "first_token_latency": first - arrived,
        "api_server_dispatch_finish_ts": start,
        "request_finished_ts": now,
        "decode_throughput": (tokens - 1) / seconds if seconds > 0 else 0.0,
    }


def _reason(answer: Answer) -> dict[str, Any] | None:
    finish = answer.sequence.finish
    if finish is None:
        return None
    if finish.kind == "length":
        return {"type": "length", "length": len(answer.sequence.output)}
    return {"type": finish.kind, "matched": finish.matched}
