"""Which GPUs each replica gets: explicit sets, a count, or as many as fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.facts import Gpu, HostFacts
from generator.plan.model import EngineKind
from generator.planner.decisions import Decisions
from generator.spec.model import DeploymentSpec, ReplicaSpec
from generator.spec.nodes import GpuId

MAX_REPLICAS = 16
_DEFAULT_COUNT = {"sglang-cpu": 1, "simulator": 2}


@dataclass(frozen=True)
class GpuSets:
    """One entry a replica, each with its device ids (empty without GPUs), and the TP size they share."""

    sets: tuple[tuple[str, ...], ...]
    overrides: tuple[ReplicaSpec, ...]
    tensor_parallel_size: int


def assign_gpus(spec: DeploymentSpec, facts: HostFacts, engine: EngineKind, decisions: Decisions) -> GpuSets:
    """The sets are disjoint and as large as the TP size; whatever is not becomes a fault."""
    if engine != "sglang":
        return _without_gpus(spec, engine, decisions)
    if not facts.gpus:
        decisions.refuse(
            "engine", "no GPU was found on this host", "use `engine: simulator` or `engine: sglang-cpu`"
        )
        return GpuSets((), (), 1)
    if isinstance(spec.replicas, tuple):
        return _explicit(spec, spec.replicas, facts.gpus, decisions)
    return _consecutive(spec, facts.gpus, decisions)


def _without_gpus(spec: DeploymentSpec, engine: EngineKind, decisions: Decisions) -> GpuSets:
    listed = spec.replicas if isinstance(spec.replicas, tuple) else ()
    count = len(listed) or (spec.replicas if isinstance(spec.replicas, int) else _DEFAULT_COUNT[engine])
    if any(replica.gpus for replica in listed):
        decisions.choose("GPU sets", "ignored", why=f"engine {engine} uses no GPU")
    overrides = listed or (ReplicaSpec(),) * count
    return GpuSets(((),) * count, overrides, spec.tensor_parallel_size or 1)


def _explicit(
    spec: DeploymentSpec, replicas: Sequence[ReplicaSpec], gpus: Sequence[Gpu], decisions: Decisions
) -> GpuSets:
    size = spec.tensor_parallel_size or len(replicas[0].gpus) or 1
    owner: dict[str, int] = {}
    sets = []
    for number, replica in enumerate(replicas):
        path = f"replicas.{number}.gpus"
        if not replica.gpus:
            decisions.refuse(path, "a GPU set is missing", "name the GPUs of each replica, or write a count")
        elif len(replica.gpus) != size:
            decisions.refuse(path, *_wrong_size(len(replica.gpus), size))
        devices = device_ids(replica.gpus, gpus, path, decisions)
        for place, device in enumerate(devices):
            if device in owner:
                also = f"replica {owner[device]}" if owner[device] != number else "this replica already"
                decisions.refuse(
                    f"{path}.{place}", f"GPU {replica.gpus[place]} belongs to {also}", "sets are disjoint"
                )
            owner.setdefault(device, number)
        sets.append(devices)
    return GpuSets(tuple(sets), tuple(replicas), size)


def _wrong_size(found: int, size: int) -> tuple[str, str]:
    message = f"{found} GPUs do not make a set for tensor_parallel_size {size}"
    if found % size:
        return message, f"give each replica exactly {size}"
    return message, f"split it into {found // size} replicas of {size}"


def device_ids(
    asked: Sequence[GpuId], gpus: Sequence[Gpu], path: str, decisions: Decisions
) -> tuple[str, ...]:
    """What was asked for as the container runtime takes it; what this host does not have becomes a fault."""
    return tuple(_device(gpu, gpus, f"{path}.{place}", decisions) for place, gpu in enumerate(asked))


def _device(gpu: GpuId, gpus: Sequence[Gpu], path: str, decisions: Decisions) -> str:
    """The UUID where there is one: an index can name another card after a reboot."""
    for known in gpus:
        if gpu in (known.index, known.uuid):
            return known.uuid or str(known.index)
    here = ", ".join(str(known.index) for known in gpus)
    decisions.refuse(path, f"GPU {gpu!r} is unknown", f"this host has {here}")
    return str(gpu)


def _consecutive(spec: DeploymentSpec, gpus: Sequence[Gpu], decisions: Decisions) -> GpuSets:
    size = spec.tensor_parallel_size or 1
    room = min(len(gpus) // size, MAX_REPLICAS)
    if not room:
        decisions.refuse(
            "tensor_parallel_size",
            f"{size} GPUs a replica, and this host has {len(gpus)}",
            "use a smaller size",
        )
        return GpuSets((), (), size)
    if isinstance(spec.replicas, int):
        count = spec.replicas
    else:
        count = room
        asked = "asked for" if spec.replicas else "the default"
        decisions.choose("replicas", str(count), why=f"`fit` ({asked}): {len(gpus)} GPUs, {size} a replica")
    if count > room:
        decisions.refuse(
            "replicas", f"{count} x {size} GPUs, and this host has {len(gpus)}", f"at most {room} fit"
        )
    ids = [gpu.uuid or str(gpu.index) for gpu in gpus]
    sets = tuple(tuple(ids[n * size : (n + 1) * size]) for n in range(count))
    return GpuSets(sets, (ReplicaSpec(),) * count, size)
