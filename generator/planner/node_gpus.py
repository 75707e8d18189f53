"""The GPUs that one of several hosts gives to the model, and whether the model can be cut over all of them so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generator.facts import Gpu, HostFacts, gpu_count
from generator.plan.model import EngineKind, Model, Node
from generator.planner.decisions import Decisions
from generator.planner.demand import model_demand
from generator.planner.gpu_sets import GpuSets, unused
from generator.planner.layouts import warn_of_fraction, warn_of_room
from generator.planner.named_sets import check_kinds, device_ids
from generator.planner.nodes import share, whole
from generator.sizing.cut import Cut
from generator.sizing.fit import GIB
from generator.sizing.legality import why_illegal
from generator.sizing.links import GpuSet, alike_sets, fabric, why_no_sets
from generator.sizing.occupancy import is_busy, users
from generator.spec.model import DeploymentSpec, ReplicaSpec


def node_gpus(
    spec: DeploymentSpec, facts: HostFacts, engine: EngineKind, node: Node, decisions: Decisions
) -> GpuSets:
    """The one set of this node: its named GPUs, else free ones that are near each other."""
    devices: tuple[str, ...] = ()
    if engine == "sglang":
        there = [gpu for gpu in facts.gpus if gpu.vendor == "nvidia"]
        asked = spec.nodes[node.rank].gpus
        found = _named(spec, there, node, decisions) if asked else _free(spec, facts, node, decisions)
        devices = tuple(map(_id, found))
    return GpuSets((devices,), (ReplicaSpec(),), whole(spec))


def judge_node(
    spec: DeploymentSpec, facts: HostFacts, model: Model, gpus: GpuSets, decisions: Decisions
) -> None:
    """Whether the model can be cut so, and what it has room for here. Other hosts are taken to be alike: each judges
    itself when it is its turn."""
    found = tuple(gpu for gpu in facts.gpus if _id(gpu) in gpus.sets[0])
    demand = model_demand(spec, facts, model)
    if demand is None or not found:
        return
    split = gpus.split
    name = f"TP {split.tensor}" + (f" PP {split.pipeline}" if split.pipeline > 1 else "")
    if reason := why_illegal(demand.model, split, expert_groups=demand.expert_groups):
        path = "tensor_parallel_size" if split.tensor > 1 else "pipeline_parallel_size"
        message = f"{name} over {len(spec.nodes)} nodes: {reason}"
        decisions.refuse(path, message, "use another size")
    elif len(found) == share(spec) and all(gpu.memory_bytes for gpu in found):
        _tell_room(name, Cut(demand, split, fabric(facts.gpu_links)), found, decisions)


def _tell_room(name: str, cut: Cut, gpus: GpuSet, decisions: Decisions) -> None:
    found = cut.fit(gpus)
    if not found.fits:
        decisions.warn(f"{name} {cut.why_no_room((gpus,))}; the engine will not start unless that is wrong")
        return
    figures = f"{found.weights / GIB:.1f} GiB weights + {found.kv / GIB:.1f} GiB KV a GPU"
    decisions.choose("layout", name, why=f"asked for; {figures}, {found.tokens} tokens, estimated")
    warn_of_room(name, found, cut.demand, decisions)
    warn_of_fraction(cut, gpus, decisions)


def _id(gpu: Gpu) -> str:
    return gpu.uuid or str(gpu.index)


def elsewhere(facts: HostFacts, rank: int) -> HostFacts:
    """This host's facts as a guess at another node: its GPUs are alike, but neither their UUIDs nor their users are these."""
    if rank == 0:
        return facts
    alike = (replace(gpu, uuid="", free_bytes=0, processes=()) for gpu in facts.gpus)
    return replace(facts, gpus=tuple(alike))


def _named(spec: DeploymentSpec, there: Sequence[Gpu], node: Node, decisions: Decisions) -> GpuSet:
    size, asked = share(spec), spec.nodes[node.rank].gpus
    path = f"nodes.{node.rank}.gpus"
    if len(asked) != size:
        decisions.refuse(
            path, f"{gpu_count(len(asked))}, and the node's share is {size}", "name exactly so many"
        )
    devices = device_ids(asked, there, path, decisions)
    for place, device in enumerate(devices):
        if device and device in devices[:place]:
            decisions.refuse(f"{path}.{place}", f"GPU {asked[place]} is named twice", "name each once")
    by_id = {_id(gpu): gpu for gpu in there}
    found = tuple(by_id[device] for device in devices if device in by_id)
    check_kinds(found, path, decisions)
    for gpu in filter(is_busy, found):
        decisions.warn(f"GPU {gpu.index} of {node.name} is used by {users(gpu)}")
    return found


def _free(spec: DeploymentSpec, facts: HostFacts, node: Node, decisions: Decisions) -> GpuSet:
    size = share(spec)
    there = [gpu for gpu in facts.gpus if gpu.vendor == "nvidia"]
    gpus = unused(there, decisions)
    sets = alike_sets(gpus, size, fabric(facts.gpu_links))
    if sets:
        return sets[0]
    count = f"{node.name} has {len(gpus)}{' that nobody else uses' if len(gpus) < len(there) else ''}"
    lack = why_no_sets(size, gpus) if size <= len(gpus) else count
    decisions.refuse(
        f"nodes.{node.rank}.gpus", f"the share is {gpu_count(size)}, and {lack}", "use a smaller size"
    )
    return ()
