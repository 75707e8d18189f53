"""Runs whose every number is known, for tests and for looking at pages."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from typing import Any

from loadtest.record import Generator, RequestRecord, RunRecord

PLAIN = RequestRecord(
    id="r0",
    scenario="chat",
    session=None,
    turn=0,
    request_class="chat",
    scheduled=0.0,
    sent=0.0,
    first=0.1,
    last=0.4,
    done=0.401,
    chunks=(100_000, 100_000, 100_000, 100_000),
    reasoning_first=None,
    prompt_tokens=100,
    completion_tokens=4,
    cached_tokens=0,
    requested_tokens=4,
    planned_prompt_tokens=100,
    status=200,
    error=None,
    detail="",
    replica="sglang-0",
    request_id="e0",
    streamed=True,
    warmup=False,
    worker=0,
)

RUN = RunRecord(
    started="2026-11-21T10:00:00Z",
    duration=60.0,
    scenario="chat",
    profile={"name": "small", "arrivals": {"kind": "poisson", "rate": 12.0}, "warmup": 5},
    seed=7,
    url="http://127.0.0.1:8080",
    model="llama-3.1-8b",
    generator=Generator(lateness_p50=0.0002, lateness_p99=0.0011, cpu_seconds=8.4, workers=1),
    versions={"kit": "0.1.0", "engine": "simulator 0.1.0", "locust": "2.47.0"},
    plan_digest="5f1c0e9a",
    warmup=5.0,
    prompt_lengths="exact, by the model's tokenizer",
)


def request(**changes: Any) -> RequestRecord:
    """A request of four chunks 100 ms apart, with changes."""
    return replace(PLAIN, **changes)


def streamed(*, sent: float, gaps: tuple[int, ...], **changes: Any) -> RequestRecord:
    """A request sent at `sent` whose chunks come after `gaps` microseconds; all times follow from them."""
    first, last = sent + gaps[0] / 1e6, sent + sum(gaps) / 1e6
    times = {"scheduled": sent, "sent": sent, "first": first, "last": last, "done": last}
    tokens = {"completion_tokens": len(gaps), "requested_tokens": len(gaps)}
    return request(**{**times, **tokens, "chunks": gaps, **changes})


def failure(*, sent: float, error: str, **changes: Any) -> RequestRecord:
    """A request that got no content."""
    nothing = dict.fromkeys(("first", "last", "done", "prompt_tokens", "completion_tokens", "cached_tokens"))
    return request(**{**nothing, "scheduled": sent, "sent": sent, "error": error, "chunks": (), **changes})


def busy_run(
    *,
    seed: int = 1,
    rate: float = 12.0,
    replicas: int = 4,
    duration: float = 60.0,
    slow: float = 1.0,
    stall_at: float = math.inf,
) -> tuple[RunRecord, tuple[RequestRecord, ...]]:
    """A minute of Poisson chat over some replicas, as a real one looks: warm-up, tails, a few failures."""
    dice = random.Random(seed)
    records, now, number = [], 0.0, 0
    while (now := now + dice.expovariate(rate)) < duration:
        records.append(
            _visit(dice, sent=round(now, 6), number=number, replicas=replicas, slow=slow, stall_at=stall_at)
        )
        number += 1
    counters = _counters(records)
    return replace(RUN, duration=duration, seed=seed, counters=counters), tuple(records)


def _visit(
    dice: random.Random, *, sent: float, number: int, replicas: int, slow: float, stall_at: float
) -> RequestRecord:
    replica = f"sglang-{dice.choices(range(replicas), [4, 3, 3, 3][:replicas])[0]}"
    ids = {
        "id": f"r{number}", "request_id": f"e{number}", "replica": replica, "warmup": sent < 5,
        "scheduled": sent - dice.expovariate(5000),
    }  # fmt: skip
    if dice.random() < 0.006:
        return failure(
            sent=sent, error=dice.choice(["429", "5xx"]), status=503, detail="queue is full", **ids
        )
    prompt = round(dice.lognormvariate(6.5, 0.6))
    cached = round(prompt * min(0.95, dice.betavariate(4, 2)) * min(1.0, sent / 12))
    wait = 0.02 + (prompt - cached) / 24000 * slow + dice.lognormvariate(-4.2, 0.8) * slow
    tokens = max(4, round(dice.lognormvariate(4.6, 0.5)))
    gap = dice.gauss(0.021, 0.0012) * slow
    gaps = [wait, *(max(0.004, dice.lognormvariate(0, 0.18) * gap) for _ in range(tokens - 1))]
    if sent < stall_at < sent + sum(gaps):
        gaps[1 if len(gaps) > 1 else 0] += 5.0
    elif stall_at <= sent < stall_at + 5:
        gaps[0] += stall_at + 5 - sent
    micro = tuple(round(one * 1e6) for one in gaps)
    return streamed(
        sent=sent, gaps=micro, prompt_tokens=prompt, planned_prompt_tokens=prompt, cached_tokens=cached, **ids
    )


def _counters(records: list[RequestRecord]) -> dict[str, dict[str, dict[str, float]]]:
    after: dict[str, dict[str, float]] = {}
    for record in records:
        mine = after.setdefault(
            record.replica or "", {"sglang:prompt_tokens_total": 0.0, "sglang:cached_tokens_total": 0.0}
        )
        mine["sglang:prompt_tokens_total"] += record.prompt_tokens or 0
        mine["sglang:cached_tokens_total"] += record.cached_tokens or 0
    return {"before": {name: dict.fromkeys(values, 0.0) for name, values in after.items()}, "after": after}
