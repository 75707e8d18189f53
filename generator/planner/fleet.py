"""All that serves inside the deployment, behind the edge."""

from __future__ import annotations

from dataclasses import dataclass

from generator.plan.model import Replica, Router, Service
from generator.planner.addresses import uses_router
from generator.planner.decisions import Decisions
from generator.planner.dynamo import dynamo_venvs, plan_frontend, plan_workers
from generator.planner.dynamo_stores import plan_stores
from generator.planner.outline import Outline
from generator.planner.replicas import plan_replicas
from generator.planner.routers import plan_router, router_venvs


@dataclass(frozen=True)
class Fleet:
    """The replicas, the routers in front of them, and what either of them needs."""

    replicas: tuple[Replica, ...]
    routers: tuple[Router, ...] = ()
    auxiliaries: tuple[Service, ...] = ()
    beside: tuple[Replica, ...] = ()
    """Replicas that get their requests from the edge although there is a router."""
    venvs: tuple[str, ...] = ()
    """Python environments that processes of them run in: names of locks in requirements/."""

    @property
    def behind_edge(self) -> tuple[Replica | Router, ...]:
        """Whom the edge sends requests to."""
        return (*self.routers, *self.beside) if self.routers else self.replicas

    @property
    def serving(self) -> tuple[Replica, ...]:
        """Replicas that answer: of what prefill replicas take, each request takes a decode replica too."""
        return tuple(replica for replica in self.replicas if replica.role != "prefill")


def plan_fleet(outline: Outline, decisions: Decisions) -> Fleet:
    """In the order of the spec."""
    replicas = plan_replicas(outline)
    if outline.spec.routing == "dynamo":
        frontend = plan_frontend(outline, decisions)
        workers = plan_workers(outline, replicas)
        return Fleet(workers, (frontend,), plan_stores(outline), venvs=dynamo_venvs(outline))
    if not uses_router(outline.spec):
        return Fleet(replicas)
    apart = outline.spec.topology == "disaggregated"
    beside = tuple(replica for replica in replicas if apart and replica.role == "unified")
    routed = tuple(replica for replica in replicas if replica not in beside)
    router = plan_router(outline, routed, decisions)
    return Fleet(replicas, (router,), beside=beside, venvs=router_venvs(outline))
