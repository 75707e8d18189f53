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
    keep, obstacle = spec.parking.keep, _obstacle(spec, count)
    if not obstacle:
        down = f"down to {keep} of {count} replicas"
        decisions.choose("parking", down, why="as asked; `sglbox autopark` does it by the engines' queues")
    elif spec.replicas == "fit" and _edge_balances(spec):
        decisions.choose("parking", "nothing", why=obstacle)
    elif _edge_balances(spec) and count > 1:
        decisions.refuse("parking.keep", obstacle, f"at most {count - 1}, or leave `parking` out")
    else:
        decisions.refuse("parking", f"nothing can be parked: {obstacle}", "leave it out")


def plan_parking(outline: Outline, fleet: Fleet) -> Parking | None:
    """None where nothing can be parked."""
    spec, replicas = outline.spec, fleet.replicas
    if not outline.leads or _obstacle(spec, len(replicas)):
        return None
    return Parking(
        keep=spec.parking.keep,
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
    if not _edge_balances(spec):
        return "a router behind the edge sends requests to the replicas, and would go on to"
    if count == 1:
        return "there is one replica"
    return f"all of {count} replicas are kept" if spec.parking.keep >= count else ""


def _edge_balances(spec: DeploymentSpec) -> bool:
    """Whether replicas are its own to leave out, if only there are enough of them."""
    return not (spec.nodes or uses_router(spec) or spec.routing == "dynamo")
