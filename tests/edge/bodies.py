"""Request bodies as clients write them: one conversation in every dialect, at any turn."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

Body = Mapping[str, Any]
Message = dict[str, Any]

SYSTEM = "You are the assistant of tenant {tenant}. " * 20
IMAGE = "data:image/png;base64," + "iVBORw0KGgo" * 4000


def history(turns: int, *, topic: str, tenant: str, system: str = SYSTEM) -> list[Message]:
    """A conversation before its `turns`-th answer; `topic` tells it from the tenant's others."""
    messages: list[Message] = [{"role": "system", "content": system.format(tenant=tenant)}] if system else []
    messages.append({"role": "user", "content": f'Tell me about "{topic}", please: {topic * 40}'})
    for turn in range(1, turns):
        messages.append({"role": "assistant", "content": f"It is {turn} of many things, {{}}]."})
        messages.append({"role": "user", "content": f"And {turn}?"})
    return messages


def chat(turns: int, *, topic: str = "rivers", tenant: str = "a", **keys: Any) -> Body:
    """As OpenAI's clients order it."""
    return {"messages": history(turns, topic=topic, tenant=tenant), "model": "m", **keys}


def parts(turns: int, *, topic: str = "rivers", tenant: str = "a") -> Body:
    """Contents in parts."""
    messages = history(turns, topic=topic, tenant=tenant)
    wrapped = [{**one, "content": [{"type": "text", "text": one["content"]}]} for one in messages]
    return {"model": "m", "messages": wrapped, "stream": True}


def picture(turns: int, *, topic: str = "rivers", tenant: str = "a") -> Body:
    """A picture in front of the first text."""
    body = dict(parts(turns, topic=topic, tenant=tenant))
    body["messages"][1]["content"].insert(0, {"type": "image_url", "image_url": {"url": IMAGE}})
    return body


def reordered(turns: int, *, topic: str = "rivers", tenant: str = "a") -> Body:
    """Contents before roles, which nobody can read without parsing."""
    messages = history(turns, topic=topic, tenant=tenant)
    return {"messages": [{"content": one["content"], "role": one["role"]} for one in messages]}


def responses(turns: int, *, topic: str = "rivers", tenant: str = "a") -> Body:
    """OpenAI's Responses."""
    messages = history(turns, topic=topic, tenant=tenant, system="")
    return {"model": "m", "instructions": SYSTEM.format(tenant=tenant), "input": messages}


def anthropic(turns: int, *, topic: str = "rivers", tenant: str = "a") -> Body:
    """Anthropic's Messages."""
    messages = history(turns, topic=topic, tenant=tenant, system="")
    return {"max_tokens": 9, "messages": messages, "model": "m", "system": SYSTEM.format(tenant=tenant)}


def tools(turns: int, *, topic: str = "rivers", tenant: str = "a") -> Body:
    """An agent: tools behind the messages."""
    function = {"name": f"search_{tenant}", "parameters": {"type": "object", "properties": {"user": {}}}}
    return chat(turns, topic=topic, tenant=tenant, tools=[{"type": "function", "function": function}] * 5)


DIALECTS: tuple[Callable[..., Body], ...] = (
    chat,
    parts,
    picture,
    reordered,
    responses,
    anthropic,
    tools,
)


def spaced(body: Body) -> bytes:
    """As Python's json writes it."""
    return json.dumps(body).encode()


def compact(body: Body) -> bytes:
    """As JavaScript's JSON writes it."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def pretty(body: Body) -> bytes:
    """As people read it."""
    return json.dumps(body, indent=2).encode()


SPELLINGS: tuple[Callable[[Body], bytes], ...] = (spaced, compact, pretty)
