"""POST /generate, the engine's native route."""

from __future__ import annotations

import time
from typing import Any

from simulator.answers import Answer
from simulator.errors import RefusedError, as_native, bad_request
from simulator.http import Exchange
from simulator.routes.asked import sampling
from simulator.routes.bodies import Native, json_body, parse
from simulator.routes.narration import await_all, narrate, refuse_stream
from simulator.server import Server
from simulator.sse import DONE, Pen, event
from simulator.tokens import encode


async def generate(server: Server, exchange: Exchange) -> None:
    """`text` or `input_ids`; a list of either, or several choices, are answered as a list."""
    values = await json_body(exchange)
    try:
        prompts, is_batch = _prompts(values)
        asked = parse(Native, {**(values.get("sampling_params") or {}), "stream": bool(values.get("stream"))})
        wanted = sampling(asked, limit=asked.max_new_tokens)
        answers = server.desk.accept(
            prompts, body=asked, sampling=wanted, rid=values.get("rid"), pairing=exchange.pairing
        )
    except RefusedError as refused:
        if not values.get("stream"):
            raise as_native(refused) from refused
        await refuse_stream(exchange, _refusal(refused), DONE)
        return
    if asked.stream:
        for answer in answers:
            _let_speak(answer, Pen(exchange))
        await narrate(server, exchange, answers, closing=lambda: (DONE,), head="at once")
    elif await await_all(server, exchange, answers):
        results = [_result(answer, number=len(answer.sequence.output)) for answer in answers]
        await exchange.answer_json(results if is_batch or len(results) > 1 else results[0])


def _refusal(refused: RefusedError) -> bytes:
    """Native streams begin before anything is checked."""
    kind = {"type": "invalid_request_error", "code": refused.status, "retryable": False}
    return event({"error": {"message": refused.values["message"], **kind}})


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


def _let_speak(answer: Answer, pen: Pen) -> None:
    def tell(number: int, token: int) -> None:
        pen.write(event(_result(answer, number=number)))

    answer.tell = tell


def _result(answer: Answer, *, number: int) -> dict[str, Any]:
    """The answer after `number` tokens; each event repeats the text so far."""
    return {
        "text": answer.text(number),
        "output_ids": answer.sequence.output[:number],
        "meta_info": _meta(answer, number=number),
    }


def _meta(answer: Answer, *, number: int) -> dict[str, Any]:
    sequence, now = answer.sequence, time.time()
    cached, arrived = sequence.cached_tokens or 0, sequence.arrived
    first, last = sequence.first_token or arrived, sequence.last_token or arrived
    queue_time, start = (sequence.admitted or arrived) - arrived, now - (last - arrived)
    meta = {
        "id": sequence.rid,
        "finish_reason": _reason(answer) if answer.is_last(number) else None,
        "prompt_tokens": len(sequence.prompt),
        "weight_version": "default",
        "num_retractions": sequence.retractions,
        "storage_prefetch_wait": 0.0,
        "storage_staging_wait": 0.0,
        "forward_entry_time": start + queue_time,
        "prefill_finished_time": start + first - arrived,
        "queue_time": queue_time,
        "reasoning_tokens": 0,
        "completion_tokens": number,
        "cached_tokens": cached,
        "cached_tokens_details": {"device": cached, "host": 0} if cached else None,
        "dp_rank": None,
        "response_sent_to_client_ts": now,
    }
    if not answer.is_last(number):
        return meta
    return {
        **meta,
        "weight_versions": [{"version": "default", "start": 0, "end": number}],
        "e2e_latency": last - arrived,
        "request_received_ts": start,
        "first_token_latency": first - arrived,
        "api_server_dispatch_finish_ts": start,
        "request_finished_ts": now,
        **({"decode_throughput": (number - 1) / (last - first)} if last > first else {}),
    }


def _reason(answer: Answer) -> dict[str, Any]:
    finish = answer.sequence.finish
    if finish is None or finish.kind == "length":
        return {"type": "length", "length": len(answer.sequence.output)}
    return {"type": finish.kind, "matched": finish.matched}
