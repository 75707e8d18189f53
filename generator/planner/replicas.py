"""One `Replica` per GPU set."""

from __future__ import annotations

from generator.plan.model import Replica
from generator.planner import engine
from generator.planner.addresses import replica_name
from generator.planner.admission import replica_capacity
from generator.planner.outline import Outline
from generator.spec.model import ReplicaSpec


def plan_replicas(outline: Outline) -> tuple[Replica, ...]:
    """In the order of the spec."""
    gpus = outline.gpus
    pairs = zip(gpus.sets, gpus.overrides, strict=True)
    return tuple(
        _replica(outline, number, devices, override) for number, (devices, override) in enumerate(pairs)
    )


def _replica(outline: Outline, number: int, devices: tuple[str, ...], override: ReplicaSpec) -> Replica:
    address, port = outline.where.replicas[number]
    # A container listens on all its addresses, a process on loopback only.
    bind = ("0.0.0.0" if outline.contained else address, port)
    return Replica(
        name=replica_name(number),
        role="unified",
        gpus=devices,
        image=engine.image(outline.spec, outline.engine, override) if outline.contained else "",
        address=address,
        port=port,
        argv=engine.argv(outline, override, bind=bind),
        environment=engine.environment(outline, override),
        mounts=engine.mounts(outline.model, outline.engine),
        health=engine.health(outline.facts, port, outline.budget.load),
        ready_url=f"http://{address}:{port}/ready",
        shm_size=engine.shm_size(outline),
        max_connections=replica_capacity(outline.spec, outline.engine, override),
    )
