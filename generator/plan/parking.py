"""Replicas that are stopped for a while: what may be parked, and when it is worth it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Parking:
    """The rules of `park`, `wake` and `autopark`; the last replicas of the plan are parked first."""

    keep: int
    """So many always run."""
    wake_queue: int
    """So many requests that wait wake replicas."""
    requests_per_replica: int
    """One is parked when no other would have had more open than this."""
    idle_after: int
    """For so many seconds."""
    holds: int
    """Requests the edge may have open on a replica while others are parked: what all of them take, because
    they wait in its queue until those are awake. 0 where it may have no more than ever."""
