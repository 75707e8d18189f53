"""Which GPUs each replica gets: explicit sets, a count, or as many as the best layout has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.facts import Gpu, HostFacts, gpu_count
from generator.plan.layouts import Layouts
from generator.plan.model import EngineKind, Model, Role
from generator.planner.copies import copies, gathered, in_copies
from generator.planner.decisions import Decisions
from generator.planner.demand import model_demand
from generator.planner.layouts import asked_split, judge_named, take_layout, warn_of_shape
from generator.planner.named_sets import named_sets
from generator.sizing.cut import Cut
from generator.sizing.fit import GIB
from generator.sizing.links import GpuSet, alike_sets, fabric, why_no_sets
from generator.sizing.occupancy import is_busy, users
from generator.sizing.search import MOST_REPLICAS
from generator.sizing.weights import WHOLE, Split
from generator.spec.model import DeploymentSpec, ReplicaSpec

_DEFAULT_COUNT = {"sglang-cpu": 1, "simulator": 2}
# Of a GPU's memory, for the weights of a model of unknown shape: little is left for KV above it.
_WEIGHTS_SHARE = 0.8


@dataclass(frozen=True)
class GpuSets:
    """One entry a replica, each with its device ids (empty without GPUs), and how the model is cut over them."""

    sets: tuple[tuple[str, ...], ...]
    overrides: tuple[ReplicaSpec, ...]
    split: Split = WHOLE
    arguments: tuple[str, ...] = ()
    """Of the engine, that this layout needs."""
    layouts: Layouts | None = None

    @property
    def tensor_parallel_size(self) -> int:
        """GPUs that each layer is spread over."""
        return self.split.tensor


def assign_gpus(
    spec: DeploymentSpec, facts: HostFacts, engine: EngineKind, model: Model, decisions: Decisions
) -> GpuSets:
    """The sets are disjoint and as large as TP x PP; whatever is not becomes a fault."""
    if engine != "sglang":
        return _without_gpus(spec, engine, decisions)
    if not any(gpu.vendor == "nvidia" for gpu in facts.gpus):
        what = (
            "this host's GPUs are AMD's, and replicas run on NVIDIA's"
            if facts.gpus
            else "no GPU was found on this host"
        )
        decisions.refuse("engine", what, "use `engine: simulator` or `engine: sglang-cpu`")
        return GpuSets((), ())
    named = isinstance(spec.replicas, tuple)
    if spec.optimize and (named or asked_split(spec)):
        given = "the GPU sets are given" if named else "the size is given"
        decisions.choose("optimize", "ignored", why=f"{given}, so there is nothing to choose")
    if isinstance(spec.replicas, tuple):
        return _named(spec, spec.replicas, facts, model, decisions)
    found = _free_sets(in_copies(spec), facts, model, decisions)
    sets = gathered(found.sets, spec, decisions)
    return replace(found, sets=sets, overrides=found.overrides[: len(sets)])


def _without_gpus(spec: DeploymentSpec, engine: EngineKind, decisions: Decisions) -> GpuSets:
    listed = spec.replicas if isinstance(spec.replicas, tuple) else ()
    count = len(listed) or (spec.replicas if isinstance(spec.replicas, int) else _DEFAULT_COUNT[engine])
    if any(replica.gpus for replica in listed):
        decisions.choose("GPU sets", "ignored", why=f"engine {engine} uses no GPU")
    overrides = listed or (ReplicaSpec(),) * count
    return GpuSets(((),) * count, overrides, asked_split(spec) or Split())


def _named(
    spec: DeploymentSpec,
    replicas: tuple[ReplicaSpec, ...],
    facts: HostFacts,
    model: Model,
    decisions: Decisions,
) -> GpuSets:
    """As the spec says; whether the model fits into them is told, not decided."""
    roles = _roles(spec, len(replicas))
    ids, split = named_sets(spec, replicas, roles, facts.gpus, decisions)
    demand = model_demand(spec, facts, model)
    by_id = {gpu.uuid or str(gpu.index): gpu for gpu in facts.gpus}
    whole = all(len(each) == split.gpus and by_id.keys() >= {*each} for each in ids)
    if demand is None or not whole or not all(gpu.memory_bytes for gpu in facts.gpus):
        return GpuSets(ids, replicas, split)
    sets = [tuple(by_id[each] for each in one) for one in ids]
    warn_of_shape(demand, decisions)
    judged = judge_named(Cut(demand, split, fabric(facts.gpu_links)), sets, roles, decisions)
    if judged is None:
        return GpuSets(ids, replicas, split)
    layout, layouts = judged
    return GpuSets(ids, replicas, split, layout.arguments, layouts)


def _roles(spec: DeploymentSpec, count: int) -> tuple[Role, ...]:
    """Of the replicas in the order in which `roles.cast` lists them."""
    unified: list[Role] = ["unified"]
    prefill: list[Role] = ["prefill"]
    decode: list[Role] = ["decode"]
    if spec.topology == "unified":
        return tuple(unified * count)
    apart = prefill * spec.prefill.replicas + decode * spec.decode.replicas
    return tuple(apart + unified * (count - len(apart)))


def _free_sets(spec: DeploymentSpec, facts: HostFacts, model: Model, decisions: Decisions) -> GpuSets:
    """Sets of GPUs that nobody else uses, as the layout that is taken has them."""
    gpus = unused(facts.gpus, decisions)
    before = len(decisions.faults)
    if copies(spec) > 1:
        # In a container with several MIG instances CUDA sees the first one only.
        found = _sets(spec, facts, model, tuple(gpu for gpu in gpus if not gpu.parent), decisions)
    else:
        found = _sets(spec, facts, model, gpus, decisions)
    if len(decisions.faults) > before:
        _tell_left_out([gpu for gpu in facts.gpus if gpu not in gpus], decisions)
    return found


def _sets(
    spec: DeploymentSpec, facts: HostFacts, model: Model, gpus: tuple[Gpu, ...], decisions: Decisions
) -> GpuSets:
    demand = model_demand(spec, facts, model)
    among = fabric(facts.gpu_links)
    known = demand is not None and all(gpu.memory_bytes for gpu in gpus)
    if demand and known:
        warn_of_shape(demand, decisions)
    taken = take_layout(spec, demand, gpus, among, decisions) if demand and known else None
    if taken:
        layout, layouts = taken
        sets = _counted(spec, layout.sets, layout.split, gpus, decisions)
        return GpuSets(_ids(sets), (ReplicaSpec(),) * len(sets), layout.split, layout.arguments, layouts)
    if known and not asked_split(spec):
        return GpuSets((), ())
    split = asked_split(spec) or _without_search(model, gpus, decisions)
    sets = _counted(spec, alike_sets(gpus, split.gpus, among), split, gpus, decisions)
    return GpuSets(_ids(sets), (ReplicaSpec(),) * len(sets), split)


def _tell_left_out(busy: Sequence[Gpu], decisions: Decisions) -> None:
    """With a refusal, which may be for want of them."""
    for gpu in busy:
        message = f"GPU {gpu.index} is not counted: it is used by {users(gpu)}"
        decisions.refuse("replicas", message, "end what runs there, or name the GPUs that are to be used")


def unused(gpus: Sequence[Gpu], decisions: Decisions) -> tuple[Gpu, ...]:
    """Without those that others work on; all of them, with a warning, where that leaves none."""
    busy = [gpu for gpu in gpus if is_busy(gpu)]
    free = tuple(gpu for gpu in gpus if gpu not in busy)
    for gpu in busy:
        if free:
            decisions.choose("GPUs", f"without {gpu.index}", why=f"it is used by {users(gpu)}")
        else:
            decisions.warn(f"GPU {gpu.index} is used by {users(gpu)}")
    return free or tuple(gpus)


def _without_search(model: Model, gpus: Sequence[Gpu], decisions: Decisions) -> Split:
    """What is taken where nothing can be computed, and that it is so."""
    split = Split(_least_size(model, gpus))
    memory = min((gpu.memory_bytes for gpu in gpus), default=0)
    if not memory:
        why = "a GPU does not tell its memory"
    elif model.bytes:
        why = "the fewest whose memory holds the weights with a fifth to spare: there is no config.json that the kit can read"
    else:
        why = "there is no config.json that the kit can read, and the size of the weights is not known"
    decisions.choose("layout", f"TP {split.tensor}", why=why)
    if memory and model.bytes > split.gpus * memory:
        decisions.warn(
            f"the weights have {model.bytes / GIB:.0f} GiB, and there are {split.gpus * memory / GIB:.0f} GiB on {gpu_count(split.gpus)}"
        )
    return split


def _least_size(model: Model, gpus: Sequence[Gpu]) -> int:
    """For a model whose shape is not known: the smallest power of two whose memory holds the weights, with some room."""
    memory = min(gpu.memory_bytes for gpu in gpus)
    size = 1
    while memory and 2 * size <= len(gpus) and model.bytes > _WEIGHTS_SHARE * size * memory:
        size *= 2
    return size


def _counted(
    spec: DeploymentSpec, sets: tuple[GpuSet, ...], split: Split, gpus: Sequence[Gpu], decisions: Decisions
) -> tuple[GpuSet, ...]:
    """As many of the sets as were asked for; all where it is `fit`."""
    size, room = split.gpus, min(len(sets), MOST_REPLICAS)
    if not room:
        decisions.refuse(
            "tensor_parallel_size",
            why_no_sets(size, gpus)
            if size <= len(gpus)
            else f"{gpu_count(size)} a replica, and this host has {len(gpus)}",
            "use a smaller size",
        )
    if not isinstance(spec.replicas, int):
        asked = "asked for" if spec.replicas else "the default"
        if room:
            one = "copy" if copies(spec) > 1 else "replica"
            what = "copies" if copies(spec) > 1 else "replicas"
            why = f"`fit` ({asked}): {gpu_count(len(gpus))}, {size} a {one}"
            decisions.choose(what, str(room), why=why)
        return sets[:room]
    if room and spec.replicas > room:
        there = f"this host has {len(gpus)}"
        if spec.replicas * size <= len(gpus):
            there = f"of its {len(gpus)} only {room * size} make sets of one kind with room for the model"
        decisions.refuse(
            "replicas", f"{spec.replicas} x {gpu_count(size)}, and {there}", f"at most {room} fit"
        )
    return sets[: spec.replicas]


def _ids(sets: Sequence[GpuSet]) -> tuple[tuple[str, ...], ...]:
    """As the container runtime takes them: a UUID where there is one, because an index can name another card after a
    reboot."""
    return tuple(tuple(gpu.uuid or str(gpu.index) for gpu in each) for each in sets)
