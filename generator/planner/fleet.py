"""All that serves inside the deployment, behind the edge."""

from __future__ import annotations

from dataclasses import dataclass

from generator.plan.model import Replica, Router, Service
from generator.planner.decisions import Decisions
from generator.planner.outline import Outline
from generator.planner.replicas import plan_replicas
from generator.planner.routers import plan_router, router_venvs


@dataclass(frozen=True)
class Fleet:
    """The replicas, the routers in front of them, and what either of them needs."""

    replicas: tuple[Replica, ...]
    routers: tuple[Router, ...] = ()
    auxiliaries: tuple[Service, ...] = ()
    venvs: tuple[str, ...] = ()
    """Python environments that processes of them run in: names of locks in requirements/."""

    @property
    def behind_edge(self) -> tuple[Replica | Router, ...]:
        """Whom the edge sends requests to."""
        return self.routers or self.replicas


def plan_fleet(outline: Outline, decisions: Decisions) -> Fleet:
    """In the order of the spec."""
    replicas = plan_replicas(outline)
    if outline.spec.routing != "sglang-router":
        return Fleet(replicas)
    router = plan_router(outline, replicas, decisions)
    return Fleet(replicas, (router,), venvs=router_venvs(outline))
