"""Time as the engine sees it; injectable, so that tests run on virtual time."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol


class Clock(Protocol):
    """Monotonic seconds and a way to wait for them."""

    def now(self) -> float:
        """The present instant."""

    async def sleep_until(self, instant: float) -> None:
        """Return at `instant`, or after one turn of the event loop when it has passed."""


class WallClock:
    """The machine's monotonic clock."""

    def now(self) -> float:
        """Seconds since some instant in the past."""
        return time.monotonic()

    async def sleep_until(self, instant: float) -> None:
        """uvloop rounds timers to milliseconds; absolute instants keep that from adding up."""
        await asyncio.sleep(max(0.0, instant - time.monotonic()))
