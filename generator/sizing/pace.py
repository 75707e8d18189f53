"""How long a layout takes for a usual request: a roofline over data sheets, good for an order, not for a promise.

A decode step reads the weights it needs and the KV of its batch, multiplies, and waits for its exchanges; a prefill
multiplies. Shares of the data sheets' figures that engines reach, and the delays of exchanges, are assumptions.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.facts import GpuLink
from generator.sizing.architecture import Architecture
from generator.sizing.kv_cache import KvType, token_bytes
from generator.sizing.speed import Speed, path
from generator.sizing.weights import Split, active_bytes, active_parameters

PROMPT, ANSWER = 2048, 256
"""Tokens of the request that layouts are compared with, where the context leaves room for it."""

MOST_AT_ONCE = 256
"""Requests a replica runs at once in the comparison: what the edge admits to one of unknown size."""

_BANDWIDTH_REACHED = 0.7
_OPERATIONS_REACHED = 0.45
_STEP_OVERHEAD = 1.5e-3
# Stages wait for each other, and SGLang 0.5.23 turns its overlap scheduler off (srt/arg_groups/overrides.py:1625).
_STAGES_BUSY = 0.7
_EXCHANGES_A_LAYER = 2


@dataclass(frozen=True)
class Engine:
    """One replica, as far as its pace goes. `link` is the longest path within its set, None for one GPU."""

    model: Architecture
    split: Split
    speed: Speed
    link: GpuLink | None
    kv_type: KvType = "auto"

    def prefill(self, tokens: int) -> float:
        """Seconds for a prompt on its own."""
        work = 2 * active_parameters(self.model) * tokens / self.split.gpus
        busy = _STAGES_BUSY if self.split.pipeline > 1 else 1.0
        return work / (self.speed.operations * _OPERATIONS_REACHED * busy) + self._exchange(tokens)

    def step(self, batch: int, context: int) -> float:
        """Seconds until each of `batch` requests has its next token. Stages take turns, so they read no faster."""
        weights = active_bytes(self.model, batch) / self.split.tensor
        kv = batch * context * token_bytes(self.model, self.split, kv_type=self.kv_type)
        reading = (weights + kv) / (self.speed.bandwidth * _BANDWIDTH_REACHED)
        work = 2 * active_parameters(self.model) * batch / self.split.tensor
        multiplying = work / (self.speed.operations * _OPERATIONS_REACHED)
        busy = _STAGES_BUSY if self.split.pipeline > 1 and batch > 1 else 1.0
        return (max(reading, multiplying) + self._exchange(batch)) / busy + _STEP_OVERHEAD

    def _exchange(self, tokens: int) -> float:
        """All-reduces of a TP group: twice a layer, each GPU sends almost twice what it has."""
        if self.split.tensor == 1 or self.link is None:
            return 0.0
        over = path(self.link)
        ways = self.split.tensor
        sent = 2 * (ways - 1) / ways * tokens * self.model.hidden * self.model.dtype_bytes
        return self.model.layers * _EXCHANGES_A_LAYER * (over.delay + sent / over.bandwidth)


@dataclass(frozen=True)
class Request:
    """What layouts are compared with."""

    prompt: int
    answer: int

    @property
    def tokens(self) -> int:
        """KV it holds at its end."""
        return self.prompt + self.answer


def usual_request(context: int) -> Request:
    """The standard one, or one of the same proportions that fits into `context` (0: no bound known)."""
    if not context or context >= PROMPT + ANSWER:
        return Request(PROMPT, ANSWER)
    answer = max(1, context // 9)
    return Request(max(1, context - answer), answer)


def at_once(tokens: int, request: Request) -> int:
    """Requests that run together in a pool of `tokens`."""
    return min(MOST_AT_ONCE, tokens // request.tokens)


def alone(engine: Engine, request: Request) -> float:
    """Seconds for one request with nobody else there."""
    return engine.prefill(request.prompt) + request.answer * engine.step(1, request.prompt)


def rate(engine: Engine, tokens: int, request: Request) -> float:
    """Requests a second of a full replica: prompts and steps share its time."""
    batch = at_once(tokens, request)
    if not batch:
        return 0.0
    steps = request.answer * engine.step(batch, request.prompt + request.answer // 2)
    return batch / (batch * engine.prefill(request.prompt) + steps)


def prefill_rate(engine: Engine, request: Request) -> float:
    """Requests a second of a replica that only takes prompts in."""
    return 1 / engine.prefill(request.prompt)


def decode_rate(engine: Engine, tokens: int, request: Request) -> float:
    """Requests a second of a replica that only continues."""
    batch = at_once(tokens, request)
    return (
        batch / (request.answer * engine.step(batch, request.prompt + request.answer // 2)) if batch else 0.0
    )
