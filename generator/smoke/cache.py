"""The cache check: one long prompt three times. The repeats must come out of the prefix cache, and begin sooner.

SGLang counts what it took from its cache in `usage.prompt_tokens_details.cached_tokens` (`--enable-cache-report`, which
the plan always sets); all but the last page of a repeated prompt can come from there.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from generator.credentials.endpoint import authorization, trust
from generator.errors import StateError
from generator.plan.model import DeploymentPlan
from generator.smoke.client import ANSWER_SECONDS, CHAT
from generator.verify.stream import Event, Stream, ask

REPEATS = 3
SENTENCES = 100
"""About 2000 tokens: the prefill is worth measuring, and it fits into a context of 4096."""
TOKENS = 8
ENOUGH = 0.9
"""Share of a repeated prompt that must come from the cache. Pages of 64 tokens and less leave more than this."""


@dataclass(frozen=True)
class Turn:
    """One answer. `cached` tokens of `prompt` came from the cache, None where the answer doesn't tell; `ttft` in
    seconds."""

    replica: str
    prompt: int
    cached: int | None
    ttft: float


def repeat(plan: DeploymentPlan, *, directory: Path) -> tuple[Turn, ...]:
    """The turns, the first of them with a prompt nobody has sent before. Raises StateError without an answer."""
    try:
        return asyncio.run(_turns(plan, directory=directory))
    except httpx.HTTPError as error:
        raise StateError(
            f"{plan.edge.url} gives no answer: {error}", hint="`make smoke` tells more"
        ) from error


async def _turns(plan: DeploymentPlan, *, directory: Path) -> tuple[Turn, ...]:
    body = _body(plan, mark=secrets.token_hex(8))
    async with httpx.AsyncClient(
        headers=authorization(plan, directory=directory),
        verify=trust(plan, directory=directory),
        timeout=ANSWER_SECONDS,
        trust_env=False,
    ) as client:
        # The connection is made before it counts.
        await client.get(f"{plan.edge.url}/ready")
        url = f"{plan.edge.url}{CHAT}"
        return tuple([_turn(await ask(client, url, prompt=0, via="edge", body=body)) for _ in range(REPEATS)])


def _body(plan: DeploymentPlan, *, mark: str) -> dict[str, object]:
    # What differs stands first, so that nothing of the prompt is cached already.
    lines = (
        f"Entry {number}: the harbour saw ships, rain and a lot of gulls." for number in range(SENTENCES)
    )
    text = f"{mark} is the log book. {' '.join(lines)} What did the harbour see?"
    return {
        "model": plan.model.served_name,
        "messages": [{"role": "user", "content": text}],
        "max_tokens": TOKENS,
        "temperature": 0,
        "stream_options": {"include_usage": True},
    }


def _turn(stream: Stream) -> Turn:
    first = next((event.at for event in stream.events if event.is_token), None)
    if stream.status != httpx.codes.OK or first is None:
        said = stream.events[0].data if stream.events else "nothing"
        raise StateError(f"a prompt got {stream.status}: {said[:200]}", hint="`make smoke` tells more")
    usage = _usage(stream.events)
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, dict) else None
    return Turn(stream.headers.get("x-replica", ""), int(usage.get("prompt_tokens", 0)), cached, first)


def _usage(events: Sequence[Event]) -> dict[str, Any]:
    return next((event.usage for event in reversed(events) if event.usage), {})
