"""GPU sets that the spec names, one a replica."""

from __future__ import annotations

from collections.abc import Sequence

from generator.facts import Gpu
from generator.planner.decisions import Decisions
from generator.sizing.occupancy import is_busy, users
from generator.sizing.weights import Split
from generator.spec.model import DeploymentSpec, ReplicaSpec
from generator.spec.nodes import GpuId


def named_sets(
    spec: DeploymentSpec, replicas: Sequence[ReplicaSpec], gpus: Sequence[Gpu], decisions: Decisions
) -> tuple[tuple[tuple[str, ...], ...], Split]:
    """The device ids of each set, and the cut that they share; a GPU that others use is the operator's decision."""
    split = _split(spec, replicas)
    owner: dict[str, int] = {}
    sets = []
    for number, replica in enumerate(replicas):
        path = f"replicas.{number}.gpus"
        if not replica.gpus:
            # Of roles the sets were cut before, and a fault was found there.
            if spec.topology == "unified":
                decisions.refuse(
                    path, "a GPU set is missing", "name the GPUs of each replica, or write a count"
                )
        elif len(replica.gpus) != split.gpus:
            decisions.refuse(path, *_wrong_size(len(replica.gpus), split))
        devices = device_ids(replica.gpus, gpus, path, decisions)
        _check_disjoint(devices, number, owner, replica, decisions)
        sets.append(devices)
    for gpu in gpus:
        if gpu.uuid in owner and is_busy(gpu):
            decisions.warn(f"GPU {gpu.index} of replica {owner[gpu.uuid]} is used by {users(gpu)}")
    return tuple(sets), split


def _split(spec: DeploymentSpec, replicas: Sequence[ReplicaSpec]) -> Split:
    """What is not named follows from the size of the first set."""
    size = len(replicas[0].gpus) or 1
    stages = spec.pipeline_parallel_size or 1
    return Split(spec.tensor_parallel_size or max(1, size // stages), stages)


def _check_disjoint(
    devices: Sequence[str], number: int, owner: dict[str, int], replica: ReplicaSpec, decisions: Decisions
) -> None:
    for place, device in enumerate(devices):
        if device in owner:
            also = f"replica {owner[device]}" if owner[device] != number else "this replica already"
            path = f"replicas.{number}.gpus.{place}"
            decisions.refuse(path, f"GPU {replica.gpus[place]} belongs to {also}", "sets are disjoint")
        owner.setdefault(device, number)


def _wrong_size(found: int, split: Split) -> tuple[str, str]:
    stages = f" and pipeline_parallel_size {split.pipeline}" if split.pipeline > 1 else ""
    message = f"{found} GPUs do not make a set for tensor_parallel_size {split.tensor}{stages}"
    if found % split.gpus:
        return message, f"give each replica exactly {split.gpus}"
    return message, f"split it into {found // split.gpus} replicas of {split.gpus}"


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
