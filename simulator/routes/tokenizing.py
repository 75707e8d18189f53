"""POST /v1/tokenize and /v1/detokenize."""

from __future__ import annotations

from typing import Any

from simulator.http import Exchange
from simulator.routes.asked import conversation
from simulator.routes.bodies import json_body
from simulator.server import Server
from simulator.tokens import decode, encode, render_chat


async def tokenize(server: Server, exchange: Exchange) -> None:
    """A text, a list of texts, or a conversation."""
    values = await json_body(exchange)
    prompt = values.get("prompt", "")
    if isinstance(prompt, list):
        found = [list(encode(str(text))) for text in prompt]
        answer: dict[str, Any] = {"tokens": found, "count": [len(tokens) for tokens in found]}
    else:
        text = render_chat(conversation(values["messages"])) if "messages" in values else str(prompt)
        tokens = list(encode(text))
        answer = {"tokens": tokens, "count": len(tokens)}
    await exchange.answer_json({**answer, "max_model_len": server.arguments.context_length})


async def detokenize(_: Server, exchange: Exchange) -> None:
    """Token ids that this process has seen become their text."""
    values = await json_body(exchange)
    await exchange.answer_json({"text": decode(values.get("tokens", []))})
