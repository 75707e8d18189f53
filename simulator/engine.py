"""Paces the scheduler: each step takes effect at its instant, and whoever waits for it is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from simulator.scheduler import Scheduler
from simulator.sequence import Sequence

Condition = Literal["well", "stalled", "zombie"]


@dataclass
class Engine:
    """One scheduler on the clock of the event loop. `condition` other than well makes no progress."""

    scheduler: Scheduler
    clock: Callable[[], float]
    condition: Condition = "well"
    _wake: asyncio.Event = field(default_factory=asyncio.Event)

    def submit(self, sequence: Sequence) -> Literal["queued", "refused"]:
        """Queue a sequence and see to it."""
        verdict = self.scheduler.submit(sequence)
        self._wake.set()
        return verdict

    def abort(self, sequence: Sequence) -> None:
        """End a sequence early."""
        self.scheduler.abort(sequence)
        self._wake.set()

    def set_condition(self, condition: Condition) -> None:
        """Stop, or go on."""
        self.condition = condition
        self._wake.set()

    async def run(self) -> None:
        """Until cancelled. Steps follow each other without drift: each begins where the last one ended."""
        end = self.clock()
        while True:
            step = self.scheduler.next_step(now=max(end, 0)) if self.condition == "well" else None
            if step is None:
                self._wake.clear()
                await self._wake.wait()
                end = self.clock()
                continue
            end += step.seconds
            await asyncio.sleep(end - self.clock())
            while self.condition != "well":
                self._wake.clear()
                await self._wake.wait()
                end = self.clock()
            for sequence in self.scheduler.complete(step, now=end):
                sequence.sink.advanced(sequence)
