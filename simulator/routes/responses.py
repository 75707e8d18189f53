"""POST /v1/responses, whole answers only: what the kit's smoke tests of that route need."""

from __future__ import annotations

import time
import uuid
from typing import Any

from simulator.answers import Answer
from simulator.errors import RefusedError, bad_request
from simulator.http import Exchange
from simulator.routes.asked import conversation, sampling
from simulator.routes.bodies import Response, json_body, parse
from simulator.routes.narration import await_all
from simulator.server import Server
from simulator.tokens import encode, render_chat


async def responses(server: Server, exchange: Exchange) -> None:
    """Unlike chats, a response checks the model's name."""
    body = parse(Response, await json_body(exchange))
    if body.model and body.model != server.model:
        kind = {"type": "invalid_request_error", "param": "model", "code": 404}
        raise RefusedError(404, {"error": {"message": f"The model '{body.model}' does not exist", **kind}})
    if body.stream:
        raise bad_request("The simulator does not stream /v1/responses.")
    given = body.input if isinstance(body.input, list) else [{"role": "user", "content": body.input}]
    system = [("system", body.instructions)] if body.instructions else []
    prompt = encode(render_chat([*system, *conversation(given)]))
    asked = sampling(body, limit=body.max_output_tokens)
    answers = server.desk.accept([prompt], body=body, sampling=asked, rid=None)
    if await await_all(server, exchange, answers):
        await exchange.answer_json(_whole(answers[0], body, server.model))


def _whole(answer: Answer, body: Response, model: str) -> dict[str, Any]:
    finish = answer.sequence.finish
    is_cut = finish is not None and finish.kind == "length"
    content: dict[str, Any] = {
        "annotations": [],
        "text": answer.text(),
        "type": "output_text",
        "logprobs": None,
    }
    said = {"id": f"msg_{uuid.uuid4().hex}", "content": [content], "role": "assistant", "status": "completed"}
    return {
        "id": f"resp_{uuid.uuid4().hex}",
        "object": "response",
        "created_at": int(time.time()),
        "model": model,
        "output": [{**said, "type": "message", "phase": "final_answer"}],
        "status": "incomplete" if is_cut else "completed",
        "usage": _usage(answer),
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if is_cut else None,
        "instructions": body.instructions,
        "max_output_tokens": body.max_output_tokens,
        "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None},
        "store": True,
        "temperature": body.temperature,
        "text": {"format": {"type": "text"}},
        "top_p": body.top_p,
        "truncation": "disabled",
        "user": None,
        "metadata": {},
    }


def _usage(answer: Answer) -> dict[str, Any]:
    prompt, output = len(answer.sequence.prompt), len(answer.sequence.output)
    return {
        "input_tokens": prompt,
        "input_tokens_details": {
            "cached_tokens": answer.sequence.cached_tokens or 0,
            "cache_write_tokens": 0,
        },
        "output_tokens": output,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": prompt + output,
    }
