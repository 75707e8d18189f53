"""A clock for tests of waits: sleeping only adds up."""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.runtime.wait import Clock


@dataclass
class Counted:
    """`time` is what all sleeps made it."""

    time: float = 0.0
    pauses: list[float] = field(default_factory=list)

    def clock(self) -> Clock:
        """To be handed to what waits."""
        return Clock(now=lambda: self.time, sleep=self._sleep)

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.time += seconds
