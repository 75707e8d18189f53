"""All that serves inside the deployment, behind the edge."""

from __future__ import annotations

from dataclasses import dataclass

from generator.plan.model import Replica, Router, Service
from generator.planner.outline import Outline
from generator.planner.replicas import plan_replicas


@dataclass(frozen=True)
class Fleet:
    """The replicas, the routers in front of them, and what either of them needs."""

    replicas: tuple[Replica, ...]
    routers: tuple[Router, ...] = ()
    auxiliaries: tuple[Service, ...] = ()

    @property
    def behind_edge(self) -> tuple[Replica | Router, ...]:
        """Whom the edge sends requests to."""
        return self.routers or self.replicas


def plan_fleet(outline: Outline) -> Fleet:
    """In the order of the spec."""
    return Fleet(plan_replicas(outline))
