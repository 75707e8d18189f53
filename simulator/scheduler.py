"""Continuous batching as SGLang does it: prefill first, in chunks, else one decode step for all that run.

Pure: the caller supplies the instants. A step is planned by `next_step`, takes `Step.seconds`, and takes effect in
`complete`. The policy follows SGLang 0.5.23 (`schedule_policy.py`, `schedule_batch.py`): first come, first served
or longest prefix first, admission only with room for the answer, who said least retracted when memory runs out.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Final, Literal

from simulator.ledger import Ledger
from simulator.limits import Limits
from simulator.model import Finish
from simulator.pool import KvPool
from simulator.radix import RadixCache
from simulator.sequence import Sequence
from simulator.timing import StepTimes

LPM_QUEUE_LIMIT: Final = 128
"""Above this many waiting requests SGLang falls back to first come, first served."""

RESERVED_OUTPUT_LIMIT: Final = 4096
"""Admission reserves room for at most this many tokens of a long answer."""

INITIAL_RESERVE: Final = 0.7
"""Share of the outstanding answers for which admission reserves room (SGLang's new_token_ratio)."""

FINAL_RESERVE: Final = INITIAL_RESERVE * 0.14
RESERVE_DECAY: Final = (INITIAL_RESERVE - FINAL_RESERVE) / 600
"""Taken off with every decode step; a retraction puts it back."""

RETRACT_STEPS: Final = 20
"""Decode steps for which a retraction makes room."""


@dataclass(slots=True)
class Step:
    """A planned forward pass: each sequence with the tokens it computes, and the seconds it takes."""

    kind: Literal["prefill", "decode"]
    parts: list[tuple[Sequence, int]]
    seconds: float


class Scheduler:
    """Queue, batch and KV pool of one engine."""

    def __init__(self, limits: Limits, *, times: StepTimes) -> None:
        self.limits = limits
        self.times = times
        self.ledger = Ledger()
        self.cache = RadixCache(page_size=limits.page_size)
        self.pool = KvPool(capacity=limits.kv_tokens, cache=self.cache)
        self.waiting: deque[Sequence] = deque()
        self.running: list[Sequence] = []
        self.chunked: Sequence | None = None
        self.reserve = INITIAL_RESERVE

    @property
    def active(self) -> int:
        """Sequences which hold KV."""
        return len(self.running) + (self.chunked is not None)

    @property
    def load(self) -> int:
        """Sequences inside the engine, waiting or running."""
        return len(self.waiting) + self.active

    def inside(self) -> list[Sequence]:
        """All unfinished sequences."""
        held = [*self.waiting, *self.running, *([self.chunked] if self.chunked else [])]
        return [sequence for sequence in held if sequence.finish is None]

    def submit(self, sequence: Sequence) -> Literal["queued", "refused"]:
        """Queue a sequence; refused when as many wait already as the limits allow."""
        if self.limits.max_queued is not None and len(self.waiting) >= self.limits.max_queued:
            return "refused"
        self.waiting.append(sequence)
        return "queued"

    def abort(self, sequence: Sequence) -> None:
        """End a sequence early; a running one leaves before the next step."""
        if sequence.finish is None:
            sequence.finish = Finish("abort")
        if sequence in self.waiting:
            self.waiting.remove(sequence)

    def flush(self) -> Literal["flushed", "busy"]:
        """Empty the cache; only when nothing waits or runs."""
        self._sweep()
        if self.load:
            return "busy"
        self.cache.clear()
        return "flushed"

    def next_step(self, *, now: float) -> Step | None:
        """Plan the next step, or None when there is nothing to do."""
        self._sweep()
        return self._plan_prefill(now=now) or self._plan_decode()

    def complete(self, step: Step, *, now: float) -> list[Sequence]:
        """Let a step take effect at its end; the sequences which advanced or ended."""
        return self._end_prefill(step, now=now) if step.kind == "prefill" else self._end_decode(step, now=now)

    def _sweep(self) -> None:
        """Aborted sequences give back what they hold."""
        if self.chunked is not None and self.chunked.finish is not None:
            self._retire(self.chunked)
            self.chunked = None
        gone = [sequence for sequence in self.running if sequence.finish is not None]
        if gone:
            self.running = [sequence for sequence in self.running if sequence.finish is None]
            for sequence in gone:
                self._retire(sequence)

    def _retire(self, sequence: Sequence) -> None:
        if sequence.node is not None:
            self._publish(sequence)
            self.pool.release(sequence)

    def _publish(self, sequence: Sequence) -> None:
        if self.limits.caching == "on":
            self.pool.publish(sequence)

    def _plan_prefill(self, *, now: float) -> Step | None:
        budget = self.limits.chunked_prefill
        parts: list[tuple[Sequence, int]] = []
        if self.chunked is not None:
            budget -= self._take(self.chunked, parts, budget=budget)
        if self.waiting and budget > 0:
            self._order_queue()
        while self.waiting and budget > 0 and self._has_slot(parts):
            sequence = self.waiting[0]
            if not self._admit(sequence, parts, now=now):
                break
            self.waiting.popleft()
            budget -= self._take(sequence, parts, budget=budget)
        if not parts:
            return None
        return Step("prefill", parts, self.times.prefill(new_tokens=sum(taken for _, taken in parts)))

    def _has_slot(self, parts: list[tuple[Sequence, int]]) -> bool:
        admitted = sum(1 for sequence, _ in parts if sequence is not self.chunked)
        return self.active + admitted < self.limits.max_running

    def _order_queue(self) -> None:
        if self.limits.policy == "lpm" and len(self.waiting) <= LPM_QUEUE_LIMIT:
            longest_first = sorted(self.waiting, key=lambda s: -self.cache.peek(s.context[:-1]))
            self.waiting = deque(longest_first)

    def _admit(self, sequence: Sequence, parts: list[tuple[Sequence, int]], *, now: float) -> bool:
        """Lock the cached prefix; false when the rest and the answers to come would not fit."""
        cached = self.pool.attach(sequence)
        fresh = len(sequence.context) - cached
        alone = not self.active and not parts
        wanted = fresh + (0 if alone else min(sequence.remaining, RESERVED_OUTPUT_LIMIT))
        if wanted + (0 if alone else self._reserved(parts)) > self.pool.obtainable:
            self.pool.release(sequence)
            return False
        if sequence.cached_tokens is None:  # not again after a retraction
            found = cached if sequence.transferred is None else sequence.transferred
            sequence.cached_tokens, sequence.admitted = found, now
            self.ledger.note_admission(computed=fresh, cached=cached, waited=now - sequence.arrived)
        return True

    def _reserved(self, parts: list[tuple[Sequence, int]]) -> int:
        """Room promised to running answers and to what this step admits."""
        promised = sum(min(s.remaining, RESERVED_OUTPUT_LIMIT) for s in self.running)
        unfinished = sum(len(s.context) - s.computed + s.remaining for s, _ in parts)
        return int(self.reserve * promised) + unfinished

    def _take(self, sequence: Sequence, parts: list[tuple[Sequence, int]], *, budget: int) -> int:
        taken = min(len(sequence.context) - sequence.computed, budget)
        parts.append((sequence, taken))
        return taken

    def _end_prefill(self, step: Step, *, now: float) -> list[Sequence]:
        computed = sum(taken for _, taken in step.parts)
        self.ledger.note_prefill(computed=computed, seconds=step.seconds)
        self.chunked = None
        finished = []
        for sequence, taken in step.parts:
            self.pool.grow(sequence, tokens=taken)
            if sequence.finish is not None:
                self._retire(sequence)
            elif sequence.computed < len(sequence.context):
                self.chunked = sequence
            else:
                self._publish(sequence)
                self.running.append(sequence)
                self._speak(sequence, now=now)
                finished.append(sequence)
        self._sweep()
        return finished

    def _plan_decode(self) -> Step | None:
        self._retract()
        if not self.running:
            return None
        context = sum(sequence.computed for sequence in self.running)
        seconds = self.times.decode(sequences=len(self.running), context_tokens=context)
        return Step("decode", [(sequence, 1) for sequence in self.running], seconds)

    def _retract(self) -> None:
        """Who said least goes back to the queue until each of the rest can have one token more."""
        while self.pool.growth(self.running) > self.pool.obtainable and len(self.running) > 1:
            victim = min(self.running, key=lambda each: (len(each.output), -len(each.prompt)))
            self.running.remove(victim)
            self.pool.release(victim)
            victim.retractions += 1
            self.waiting.append(victim)
            self.ledger.note_retraction(input_tokens=len(victim.prompt), output_tokens=len(victim.output))
            said = sum(len(each.output) for each in self.running) + RETRACT_STEPS * len(self.running)
            planned = sum(each.script.length for each in self.running) + 1
            self.reserve = min(1.0, said / planned)

    def _end_decode(self, step: Step, *, now: float) -> list[Sequence]:
        alive = [sequence for sequence, _ in step.parts if sequence.finish is None]
        self.pool.grow_each(alive)
        gaps: dict[float, int] = {}
        for sequence in alive:
            if sequence.last_token is not None:
                gaps[sequence.last_token] = gaps.get(sequence.last_token, 0) + 1
            self._speak(sequence, now=now)
        for previous, times in gaps.items():
            self.ledger.token_gaps.observe(now - previous, times=times)
        self.ledger.note_decode(tokens=len(alive), seconds=step.seconds)
        self.reserve = max(self.reserve - RESERVE_DECAY, FINAL_RESERVE)
        self._sweep()
        return alive

    def _speak(self, sequence: Sequence, *, now: float) -> None:
        """One more token of the planned answer; one that was to have none just ends."""
        if sequence.remaining > 0:
            sequence.output.append(next(sequence.script.tokens))
        if sequence.first_token is None:
            sequence.first_token = now
        sequence.last_token = now
        if sequence.remaining <= 0:
            sequence.finish = sequence.script.finish
