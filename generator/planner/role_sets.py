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
from generator.sizing.weights import Split
from generator.spec.model import DeploymentSpec

_SIZES = (1, 2, 4, 8, 16)


def role_sets(
    spec: DeploymentSpec, facts: HostFacts, free: Sequence[Gpu], count: int, decisions: Decisions
) -> tuple[int, tuple[GpuSet, ...]]:
    """(GPUs of each replica, sets of so many on `free`, those with room first). `count` replicas want one."""
    among, given = fabric(facts.gpu_links), spec.tensor_parallel_size or _named(spec)
    demand = source_demand(spec, likely_source(spec, facts))
    if demand is None or not count or not all(gpu.memory_bytes for gpu in free):
        size = given or 1
        return size, alike_sets(free, size, among)
    if given:
        return given, _roomy_first(Cut(demand, Split(given), among), free)[1]
    splits = [
        split
        for split in map(Split, _SIZES)
        if not why_illegal(demand.model, split, expert_groups=demand.expert_groups)
    ]
    tried = [_roomy_first(Cut(demand, split, among), free) for split in splits]
    enough = [each for each in tried if len(each[1]) >= count]
    for least in (least_tokens(demand), 1):
        for cut, sets in enough:
            if min(_room(cut, each) for each in sets[:count]) >= least:
                why = "the smallest with room for the model in either role"
                decisions.choose("tensor_parallel_size", str(cut.split.tensor), why=why)
                return cut.split.tensor, sets
    if not enough:
        return 1, tried[0][1]
    cut, sets = enough[-1]
    lack = cut.why_no_room(sets[count - 1 : count])
    decisions.refuse(
        "topology",
        f"{count} replicas have no room for the model; TP {cut.split.tensor} {lack}",
        "serve a smaller or quantised model, use fewer replicas, or name a `tensor_parallel_size` if you know better",
    )
    return cut.split.tensor, sets


def _roomy_first(cut: Cut, free: Sequence[Gpu]) -> tuple[Cut, tuple[GpuSet, ...]]:
    sets = alike_sets(free, cut.split.gpus, cut.among)
    cut = cut.roomier(sets)
    return cut, tuple(sorted(sets, key=lambda each: _room(cut, each) == 0))


def _room(cut: Cut, gpus: GpuSet) -> int:
    """Tokens in the role that leaves fewer."""
    return min(cut.fit(gpus, role="prefill").tokens, cut.fit(gpus, role="decode").tokens)


def _named(spec: DeploymentSpec) -> int:
    """As many as a role's list gives each of its replicas; 0 where none is named, or they do not come out even."""
    sizes = (divmod(len(role.gpus), role.replicas) for role in (spec.prefill, spec.decode))
    return next((size for size, over in sizes if size and not over), 0)
