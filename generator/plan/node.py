"""One host of several that serve a model together."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Node:
    """The host that a plan is for. Rank 0 has the edge and the monitoring, the others only their part of the engine."""

    rank: int
    count: int
    name: str
    """Its folder below build/<project>/."""
    address: str
    first: str
    """The address of rank 0."""
    meeting: str
    """`address:port` on rank 0 where the engine's processes find each other."""

    @property
    def leads(self) -> bool:
        """Whether this is where the clients come to."""
        return self.rank == 0
