"""How many GPUs a prefill or a decode replica has, where the spec does not say: the smallest sets with room for both."""

from __future__ import annotations

from collections.abc import Sequence

from generator.facts import Gpu, HostFacts
from generator.planner.decisions import Decisions
from generator.planner.demand import likely_source, source_demand
from generator.sizing.cut import Cut
from generator.sizing.legality import why_illegal
from generator.sizing.links import GpuSet, alike_sets, fabric
from generator.sizing.ranking import least_tokens
from generator.sizing.reserve import Role
from generator.sizing.weights import Split
from generator.spec.model import DeploymentSpec

_SIZES = (1, 2, 4, 8, 16)


def role_size(
    spec: DeploymentSpec, facts: HostFacts, free: Sequence[Gpu], count: int, decisions: Decisions
) -> int:
    """Of each of `count` replicas; 1 for a model whose shape nobody knows."""
    if spec.tensor_parallel_size:
        return spec.tensor_parallel_size
    if named := _named(spec):
        return named
    demand = source_demand(spec, likely_source(spec, facts))
    if demand is None or not free or not all(gpu.memory_bytes for gpu in free):
        return 1
    among = fabric(facts.gpu_links)
    tried = [
        (Cut(demand, split, among).roomier(sets), sets)
        for split in map(Split, _SIZES)
        if len(sets := alike_sets(free, split.gpus, among)[:count]) == count
        and not why_illegal(demand.model, split)
    ]
    for least in (least_tokens(demand), 1):
        for cut, sets in tried:
            if _least_room(cut, sets) >= least:
                why = "the smallest with room for the model in either role"
                decisions.choose("tensor_parallel_size", str(cut.split.tensor), why=why)
                return cut.split.tensor
    if tried:
        cut, sets = tried[-1]
        decisions.refuse(
            "topology",
            f"{count} replicas have no room for the model; TP {cut.split.tensor} {cut.why_no_room(sets)}",
            "serve a smaller or quantised model, use fewer replicas, or name a `tensor_parallel_size` if you know better",
        )
    return 1


def _least_room(cut: Cut, sets: Sequence[GpuSet]) -> int:
    """Tokens of whichever set and role has fewest."""
    roles: tuple[Role, ...] = ("prefill", "decode")
    return min(cut.fit(each, role=role).tokens for each in sets for role in roles)


def _named(spec: DeploymentSpec) -> int:
    """As many as a role's list gives each of its replicas; 0 where none is named, or they do not come out even."""
    sizes = (divmod(len(role.gpus), role.replicas) for role in (spec.prefill, spec.decode))
    return next((size for size, over in sizes if size and not over), 0)
