"""One `Replica` per GPU set."""

from __future__ import annotations

from generator.plan.model import Replica
from generator.planner import capacity, disaggregation, engine
from generator.planner.addresses import LOOPBACK, replica_name
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
    node, role = outline.node, outline.cast.role(number)
    # A container of its own network listens on all its addresses, everything else on the one it is reached at.
    isolated = outline.contained and node is None
    return Replica(
        name=replica_name(outline.cast.place(number), role),
        role=role,
        gpus=devices,
        image=engine.image(outline.spec, outline.engine, override) if outline.contained else "",
        address=address,
        port=port,
        argv=engine.argv(outline, number, bind=("0.0.0.0" if isolated else address, port)),
        environment=engine.environment(outline, number),
        mounts=engine.mounts(outline.model, outline.engine),
        health=engine.health(outline.facts, (LOOPBACK if isolated else address, port), outline.budget.load),
        ready_url=f"http://{address}:{port}/{'ready' if outline.leads else 'health'}",
        shm_size=engine.shm_size(outline),
        ipc=disaggregation.ipc(role, outline),
        devices=disaggregation.devices(role, outline),
        cpus=capacity.cpus(outline),
        memory=capacity.memory(outline),
        network="host" if node else "engines",
        max_connections=replica_capacity(outline.spec, outline.engine, override),
    )
