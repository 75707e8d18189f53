"""GPU sets that the spec names, one a replica."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.facts import Gpu, gpu_count
from generator.plan.model import Role
from generator.planner.decisions import Decisions
from generator.sizing.occupancy import is_busy, users
from generator.sizing.weights import Split
from generator.spec.model import DeploymentSpec, ReplicaSpec
from generator.spec.nodes import GpuId


@dataclass(frozen=True)
class _Set:
    """What one replica has been given, where, and who that is."""

    devices: tuple[str, ...]
    asked: tuple[GpuId, ...]
    path: str
    start: int
    """Place in the list at `path` that its first GPU has."""
    name: str


def named_sets(
    spec: DeploymentSpec,
    replicas: Sequence[ReplicaSpec],
    roles: Sequence[Role],
    gpus: Sequence[Gpu],
    decisions: Decisions,
) -> tuple[tuple[tuple[str, ...], ...], Split]:
    """The device ids of each set, and the cut that they share; a GPU that others use is the operator's decision."""
    split = _split(spec, replicas)
    owner: dict[str, str] = {}
    sets = []
    for number, (replica, role) in enumerate(zip(replicas, roles, strict=True)):
        place = roles[:number].count(role)
        # A role's list is shared out among its replicas: a fault is named by where this one's share begins.
        start = 0 if role == "unified" else place * split.gpus
        path = f"replicas.{place}.gpus" if role == "unified" else f"{role}.gpus"
        name = f"{'replica' if role == 'unified' else role} {place}"
        # What a role's list lacks was found when it was shared out.
        found = decisions if role == "unified" else Decisions()
        if not replica.gpus:
            if spec.topology == "unified":
                found.refuse(path, "a GPU set is missing", "name the GPUs of each replica, or write a count")
        elif len(replica.gpus) != split.gpus:
            found.refuse(path, *_wrong_size(len(replica.gpus), split))
        devices = device_ids(replica.gpus, gpus, path, found)
        _check_disjoint(_Set(devices, replica.gpus, path, start, name), owner, decisions)
        shared = f"{path}.{start}" if role != "unified" else path
        check_kinds([gpu for gpu in gpus if gpu.uuid in devices], shared, decisions)
        sets.append(devices)
    for gpu in gpus:
        if gpu.uuid in owner and is_busy(gpu):
            decisions.warn(f"GPU {gpu.index} of {owner[gpu.uuid]} is used by {users(gpu)}")
    return tuple(sets), split


def _split(spec: DeploymentSpec, replicas: Sequence[ReplicaSpec]) -> Split:
    """What is not named follows from the size of the first set."""
    size = len(replicas[0].gpus) or 1
    stages = spec.pipeline_parallel_size or 1
    return Split(spec.tensor_parallel_size or max(1, size // stages), stages)


def _check_disjoint(found: _Set, owner: dict[str, str], decisions: Decisions) -> None:
    for place, device in enumerate(found.devices):
        if device in owner:
            also = owner[device] if owner[device] != found.name else "this replica already"
            where = f"{found.path}.{found.start + place}"
            decisions.refuse(where, f"GPU {found.asked[place]} belongs to {also}", "sets are disjoint")
        elif device:
            owner[device] = found.name


def check_kinds(gpus: Sequence[Gpu], path: str, decisions: Decisions) -> None:
    """Of one set. Different cards work together, if badly; MIG instances can't reach each other's memory."""
    if len(gpus) > 1 and any(gpu.parent for gpu in gpus):
        remedy = "a replica has one instance, or whole GPUs"
        decisions.refuse(path, "MIG instances have no way to each other's memory", remedy)
    elif len(kinds := dict.fromkeys(gpu.name for gpu in gpus)) > 1:
        mixed = f"{path}: {' and '.join(kinds)} in one set"
        decisions.warn(f"{mixed}: all wait for the slowest, and use no more than the smallest has")


def _wrong_size(found: int, split: Split) -> tuple[str, str]:
    stages = f" and pipeline_parallel_size {split.pipeline}" if split.pipeline > 1 else ""
    message = f"{gpu_count(found)} can't make a set for tensor_parallel_size {split.tensor}{stages}"
    if found % split.gpus:
        return message, f"give each replica exactly {split.gpus}"
    return message, f"split it into {found // split.gpus} replicas of {split.gpus}"


def device_ids(
    asked: Sequence[GpuId], gpus: Sequence[Gpu], path: str, decisions: Decisions
) -> tuple[str, ...]:
    """What was asked for as the container runtime takes it; what this host does not have becomes a fault."""
    return tuple(_device(gpu, gpus, f"{path}.{place}", decisions) for place, gpu in enumerate(asked))


def _device(gpu: GpuId, gpus: Sequence[Gpu], path: str, decisions: Decisions) -> str:
    """The UUID where there is one: an index can name another card after a reboot, and all instances of one."""
    found = [known for known in gpus if gpu in (known.index, known.uuid)]
    if len(found) > 1:
        instances = ", ".join(known.uuid for known in found)
        decisions.refuse(path, f"GPU {gpu} is cut into MIG instances", f"name one of {instances}")
        return ""
    if found:
        return found[0].uuid or str(found[0].index)
    here = ", ".join(dict.fromkeys(str(known.index) for known in gpus))
    decisions.refuse(
        path, f"GPU {gpu!r} is unknown", f"this host has {here}" if here else "this host has none"
    )
    return str(gpu)
