"""Paces the scheduler: each step takes effect at its instant, and whoever waits for it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Final, Literal

from simulator.clock import Clock
from simulator.scheduler import Scheduler, Step
from simulator.sequence import Sequence

Condition = Literal["well", "stalled", "zombie"]

TOLERATED_LAG_SECONDS: Final = 0.25
"""A host that falls behind by more is taken for a slower engine, and not caught up with in a burst."""


class Engine:
    """One scheduler on a clock. In any condition but well it takes requests and makes no progress."""

    def __init__(
        self, scheduler: Scheduler, clock: Clock, *, on_step: Callable[[Step], None] = lambda _: None
    ) -> None:
        self.scheduler = scheduler
        self.clock = clock
        self.condition: Condition = "well"
        self.slowdown = 1.0
        self.worst_lag = 0.0
        self._on_step = on_step
        self._work = asyncio.Event()
        self._well = asyncio.Event()
        self._well.set()

    def submit(self, sequence: Sequence) -> Literal["queued", "refused"]:
        """Queue a sequence and see to it."""
        verdict = self.scheduler.submit(sequence)
        self._work.set()
        return verdict

    def abort(self, sequence: Sequence) -> None:
        """End a sequence early; its sink hears of it at once."""
        if sequence.finish is None:
            self.scheduler.abort(sequence)
            sequence.sink.advanced(sequence)

    def set_condition(self, condition: Condition) -> None:
        """Stop, or go on."""
        self.condition = condition
        if condition == "well":
            self._well.set()
        else:
            self._well.clear()

    async def run(self) -> None:
        """Until cancelled. Steps follow each other without drift: each begins where the last one ended."""
        end = self.clock.now()
        while True:
            await self._well.wait()
            step = self.scheduler.next_step(now=end)
            if step is None:
                self._work.clear()
                await self._work.wait()
                end = self.clock.now()
                continue
            end = self._start(end) + step.seconds * self.slowdown
            await self.clock.sleep_until(end)
            await self._well.wait()
            for sequence in self.scheduler.complete(step, now=end):
                sequence.sink.advanced(sequence)
            self._on_step(step)

    def _start(self, end: float) -> float:
        lag = self.clock.now() - end
        if lag > TOLERATED_LAG_SECONDS:
            return self.clock.now()
        self.worst_lag = max(self.worst_lag, lag)
        return end
