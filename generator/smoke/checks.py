"""The smoke test: what every client relies on, each asked once.

The production guides ask `/health`, `/v1/models` and one completion; the rest is what they forget: that an answer can be
streamed, that nobody gets in without a key, and that the engine's own routes stay closed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic
from typing import Literal

import httpx

from generator.plan.model import DeploymentPlan
from generator.smoke.answers import WrongAnswer, fine, giver, parsed, shown
from generator.smoke.client import CHAT, endpoint

QUESTION = "Say hello."
TOKENS = 16
CLOSED = ("/metrics", "/server_info", "/flush_cache")
"""Of the engine's routes: figures, settings (its keys among them) and the state of its cache."""


@dataclass(frozen=True)
class Check:
    """One thing that was asked; `said` is what came back, or what is wrong with it."""

    name: str
    outcome: Literal["passed", "failed"]
    said: str
    seconds: float


Asking = Callable[[httpx.Client], str]


def smoke(plan: DeploymentPlan, *, directory: Path) -> tuple[Check, ...]:
    """All checks, the failed ones among them. Raises StateError where nobody listens at the endpoint."""
    model = plan.model.served_name
    asked: list[tuple[str, Asking]] = [
        ("ready", _ready),
        ("models", partial(_models, model=model)),
        ("health", _health),
        ("chat", partial(_chat, model=model)),
        ("stream", partial(_stream, model=model)),
        ("closed routes", _closed),
    ]
    if plan.edge.api_keys_file:
        asked.append(("keys", partial(_keys, model=model)))
    with endpoint(plan, directory=directory) as client:
        return tuple(_checked(name, asking, client) for name, asking in asked)


def _checked(name: str, asking: Asking, client: httpx.Client) -> Check:
    begin = monotonic()
    try:
        said = asking(client)
    except httpx.ConnectError:
        raise
    except (WrongAnswer, httpx.HTTPError) as wrong:
        return Check(name, "failed", str(wrong) or type(wrong).__name__, monotonic() - begin)
    return Check(name, "passed", said, monotonic() - begin)


def _ready(client: httpx.Client) -> str:
    fine(client.get("/ready"))
    return "a replica is ready"


def _models(client: httpx.Client, *, model: str) -> str:
    listed = [str(entry.get("id")) for entry in parsed(fine(client.get("/v1/models"))).get("data", [])]
    if model not in listed:
        raise WrongAnswer(f"{model} is not listed; there is {', '.join(listed) or 'nothing'}")
    return ", ".join(listed)


def _health(client: httpx.Client) -> str:
    fine(client.get("/health"))
    return "a replica generates"


def _chat(client: httpx.Client, *, model: str) -> str:
    answer = fine(client.post(CHAT, json=_request(model)))
    choices = parsed(answer).get("choices") or [{}]
    message = choices[0].get("message") or {}
    text = message.get("content") or message.get("reasoning_content")
    if not text:
        raise WrongAnswer(f"no text in {shown(answer)}")
    return f"{giver(answer)}{len(text)} characters"


def _stream(client: httpx.Client, *, model: str) -> str:
    body = {**_request(model), "stream": True, "stream_options": {"include_usage": True}}
    answer = fine(client.post(CHAT, json=body))
    events = [line.removeprefix("data: ") for line in answer.text.splitlines() if line]
    if not events or events[-1] != "[DONE]":
        raise WrongAnswer(f"the stream does not end with [DONE] but {shown(answer)}")
    return f"{giver(answer)}{len(events)} events, whole"


def _closed(client: httpx.Client) -> str:
    opened = [path for path in CLOSED if client.get(path).status_code != httpx.codes.NOT_FOUND]
    if opened:
        raise WrongAnswer(f"{', '.join(opened)} can be reached by every client")
    return f"{', '.join(CLOSED)}: 404"


def _keys(client: httpx.Client, *, model: str) -> str:
    status = client.post(CHAT, json=_request(model), headers={"Authorization": ""}).status_code
    if status != httpx.codes.UNAUTHORIZED:
        raise WrongAnswer(f"a request without a key gets {status}")
    return "a request without one gets 401"


def _request(model: str) -> dict[str, object]:
    messages = [{"role": "user", "content": QUESTION}]
    return {"model": model, "messages": messages, "max_tokens": TOKENS}
