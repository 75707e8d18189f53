"""Whether replicas may be parked, and by which rules."""

from __future__ import annotations

from generator.plan.parking import Parking
from generator.planner.addresses import uses_router
from generator.planner.admission import QUEUED
from generator.planner.decisions import Decisions
from generator.planner.fleet import Fleet
from generator.planner.outline import Outline
from generator.spec.model import DeploymentSpec


def check_parking(spec: DeploymentSpec, count: int, decisions: Decisions) -> None:
    """Refuses what was asked for and can't be; `count` is that of the replicas."""
    if "parking" not in spec.model_fields_set:
        return
    if obstacle := _obstacle(spec, count):
        decisions.refuse("parking", f"nothing can be parked: {obstacle}", "leave it out")
    elif spec.parking.keep >= count:
        decisions.refuse(
            "parking.keep",
            f"all of {count} replicas are kept",
            f"at most {count - 1}, or leave `parking` out",
        )
    else:
        down = f"down to {spec.parking.keep} of {count} replicas"
        decisions.choose("parking", down, why="as asked; `sglbox autopark` does it by the engines' queues")


def plan_parking(outline: Outline, fleet: Fleet) -> Parking | None:
    """None where nothing can be parked."""
    spec, replicas = outline.spec, fleet.replicas
    if not outline.leads or _obstacle(spec, len(replicas)):
        return None
    return Parking(
        keep=min(spec.parking.keep, len(replicas) - 1),
        wake_queue=spec.parking.wake_queue,
        requests_per_replica=spec.parking.requests_per_replica,
        idle_after=spec.parking.idle_after,
        holds=0 if _bounded(spec, fleet) else sum(replica.max_connections for replica in replicas),
    )


def _bounded(spec: DeploymentSpec, fleet: Fleet) -> bool:
    """Whether a replica may not be given more than its share: as the operator says, or the engine would refuse it."""
    refuses = any(argument.partition("=")[0] == QUEUED for each in fleet.replicas for argument in each.argv)
    return refuses or spec.limits.requests_per_replica is not None


def _obstacle(spec: DeploymentSpec, count: int) -> str:
    """Why not; "" where replicas can be parked."""
    if spec.nodes:
        return "one model takes all the hosts"
    if uses_router(spec) or spec.routing == "dynamo":
        return "a router behind the edge sends requests to the replicas, and would go on to"
    return "there is one replica" if count == 1 else ""
