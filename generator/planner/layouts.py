"""Which layout is taken: the one asked for, else the best for the goal; and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generator.errors import HostError
from generator.facts import Gpu, HostFacts
from generator.plan.layouts import LayoutFigures, Layouts, RecommendedLayout, RejectedLayout
from generator.plan.model import Role
from generator.planner.addresses import replica_name
from generator.planner.decisions import Decisions
from generator.planner.demand import likely_source, source_demand
from generator.sizing.cut import Cut
from generator.sizing.fit import GIB, Demand, Fit
from generator.sizing.layout import GOALS, Goal, Layout, Rejected, Search
from generator.sizing.legality import why_illegal
from generator.sizing.links import Fabric, GpuSet, fabric
from generator.sizing.occupancy import is_busy
from generator.sizing.ranking import recommend, smallest
from generator.sizing.reserve import static_fraction
from generator.sizing.search import MOST_REPLICAS, lay_out, search
from generator.sizing.weights import Split, files_by_shape
from generator.spec.model import DeploymentSpec

_SHOWN = 3
# Of what the engine would keep free. Chosen, not measured: the guides go down to a third of it.
_MUCH_LESS = 0.25
# Kinds of quantisation that the kit does not know in detail are nearer than this.
_FAR_APART = 1.8


def take_layout(
    spec: DeploymentSpec, demand: Demand, gpus: Sequence[Gpu], among: Fabric, decisions: Decisions
) -> tuple[Layout, Layouts] | None:
    """None, with a fault or a warning noted, where what is asked for is not possible or nothing fits."""
    replicas = spec.replicas if isinstance(spec.replicas, int) else MOST_REPLICAS
    found = search(demand, gpus, among, replicas=replicas)
    asked = asked_split(spec)
    if asked:
        taken = next((each for each in found.layouts if each.split == asked and not each.prefill), None)
        if taken is None:
            _refuse_asked(asked, found.rejected, decisions)
    else:
        taken = _best(spec, found, demand, decisions)
    if taken is None:
        return None
    warn_of_room(taken.name, taken.fit, demand, decisions)
    warn_of_fraction(Cut(demand, taken.split, among), taken.sets[0], decisions)
    return taken, shown(found, taken, demand)


def warn_of_room(name: str, fit: Fit, demand: Demand, decisions: Decisions) -> None:
    """The engine starts all the same, and refuses what is longer than its pool."""
    if demand.context_asked and fit.tokens < demand.context:
        decisions.warn(
            f"context_length {demand.context}: the KV cache of {name} has room for {fit.tokens} tokens, "
            "longer requests are refused"
        )


def warn_of_shape(demand: Demand, decisions: Decisions) -> None:
    """Where the files and config.json are far apart, the kit has not understood one of them."""
    told = files_by_shape(demand.model)
    if demand.file_bytes and not 1 / _FAR_APART < demand.file_bytes / told < _FAR_APART:
        decisions.warn(
            f"by config.json the weights would have {told / GIB:.1f} GiB, and their files have "
            f"{demand.file_bytes / GIB:.1f}: the layouts below may be computed wrong"
        )


def warn_of_fraction(cut: Cut, gpus: GpuSet, decisions: Decisions) -> None:
    """The operator's `--mem-fraction-static` is not changed, but what is left beside it may be next to nothing."""
    given, memory = cut.demand.static_fraction, min(gpu.memory_bytes for gpu in gpus)
    own = static_fraction(cut.demand.model, cut.split, memory, bounds=cut.demand.bounds)
    if given and 1 - given < _MUCH_LESS * (1 - own):
        kept, usual = ((1 - share) * memory / GIB for share in (given, own))
        decisions.warn(
            f"--mem-fraction-static {given:g} leaves {kept:.1f} GiB a GPU for activations and graphs, and SGLang itself "
            f"would leave {usual:.1f}: it may run out of memory, at the start or under load"
        )


def asked_split(spec: DeploymentSpec) -> Split | None:
    """The cut that the spec names, None where it leaves it open."""
    if spec.tensor_parallel_size is None and spec.pipeline_parallel_size is None:
        return None
    return Split(spec.tensor_parallel_size or 1, spec.pipeline_parallel_size or 1)


def _best(spec: DeploymentSpec, found: Search, demand: Demand, decisions: Decisions) -> Layout | None:
    if not found.layouts:
        _refuse_all(found.rejected, decisions)
        return None
    layouts = _of_that_many(spec, found, decisions)
    least = smallest(layouts, demand)
    if least and isinstance(spec.replicas, int) and not spec.optimize:
        decisions.choose("layout", least.name, why="the smallest set with room; `optimize` may use more GPUs")
        return least
    goal: Goal = spec.optimize or "throughput"
    best = next((each for each in recommend(layouts, demand) if each.goal == goal), None)
    if best is None:
        return None
    asked = "" if spec.optimize else ", the default"
    only = "" if len(found.layouts) > 1 else "; no other one is possible"
    decisions.choose("layout", best.layout.name, why=f"`optimize: {goal}`{asked}{only}")
    return best.layout


def _of_that_many(spec: DeploymentSpec, found: Search, decisions: Decisions) -> list[Layout]:
    """The layouts with as many replicas as the spec counts, all where it does not count."""
    if not isinstance(spec.replicas, int):
        return list(found.layouts)
    most = max(len(each.sets) for each in found.layouts)
    if spec.replicas > most:
        wanted = f"{spec.replicas} replicas of this model, and this host has room for {most}"
        decisions.refuse("replicas", wanted, f"at most {most} fit")
    return [each for each in found.layouts if len(each.sets) == spec.replicas]


def judge_named(
    cut: Cut, sets: Sequence[GpuSet], roles: Sequence[Role], decisions: Decisions
) -> tuple[Layout, Layouts] | None:
    """The figures of sets that the spec names, for replicas of these roles; None, with a fault or a warning, where they
    won't do."""
    if reason := why_illegal(cut.demand.model, cut.split, expert_groups=cut.demand.expert_groups):
        _refuse_asked(cut.split, (Rejected(cut.split, "illegal", reason),), decisions)
        return None
    # Those that prefill come first; where unified ones are beside them, they are not counted apart.
    found = lay_out(cut, sets, prefill=0 if "unified" in roles else roles.count("prefill"))
    if isinstance(found, Rejected):
        _refuse_asked(cut.split, (found,), decisions)
        return None
    _warn_of_sets(cut.roomier(sets), sets, roles, decisions)
    warn_of_room(found.name, found.fit, cut.demand, decisions)
    warn_of_fraction(cut, sets[0], decisions)
    return found, shown(Search((found,), (), ()), found, cut.demand)


def _warn_of_sets(cut: Cut, sets: Sequence[GpuSet], roles: Sequence[Role], decisions: Decisions) -> None:
    """Of each without room, where others have it."""
    for number, (gpus, role) in enumerate(zip(sets, roles, strict=True)):
        if not cut.fit(gpus, role=role).fits:
            name = replica_name(roles[:number].count(role), role)
            short = f"{name}: the model {cut.why_no_room((gpus,))}"
            decisions.warn(f"{short}; its engine will not start unless that is wrong")


def _refuse_asked(asked: Split, rejected: Iterable[Rejected], decisions: Decisions) -> None:
    """What the engine refuses is a fault; what the kit only estimates not to fit is a warning."""
    found = next((each for each in rejected if each.split == asked), None)
    if found is None or found.kind in ("apart", "arguments"):
        return  # found by whoever counts the sets, and whoever looks at the arguments
    if found.kind == "illegal":
        path = "tensor_parallel_size" if asked.tensor > 1 else "pipeline_parallel_size"
        decisions.refuse(
            path, f"{found.name}: {found.reason}", "`sglbox plan --layouts` shows what is possible"
        )
    else:
        decisions.warn(f"{found.name} {found.reason}; the engine will not start unless that is wrong")


def _refuse_all(rejected: Sequence[Rejected], decisions: Decisions) -> None:
    """The one over most GPUs comes nearest."""
    small = [each for each in rejected if each.kind == "small"] or rejected
    nearest = max(small, key=lambda each: (each.split.gpus, each.split.tensor))
    decisions.refuse(
        "replicas",
        f"no layout has room for the model; {nearest.name} {nearest.reason}",
        "serve a smaller or quantised model, or name a `tensor_parallel_size` if you know better",
    )


def every_layout(spec: DeploymentSpec, facts: HostFacts) -> Layouts:
    """The whole search for a model that the plan may have refused. Raises HostError where it can't be made."""
    gpus = [gpu for gpu in facts.gpus if gpu.vendor == "nvidia" and not is_busy(gpu)]
    demand = source_demand(spec, likely_source(spec, facts))
    if demand is None or not gpus or not all(gpu.memory_bytes for gpu in gpus):
        raise HostError(
            "there are no layouts to look at: " + _what_is_missing(facts.gpus, gpus, demand),
            hint="`sglbox gpus` shows the GPUs; the model's shape is read from its config.json",
        )
    found = search(demand, gpus, fabric(facts.gpu_links))
    best = found.best(spec.optimize or "throughput")
    return shown(found, best.layout if best else None, demand, most=len(found.layouts))


def _what_is_missing(there: Sequence[Gpu], free: Sequence[Gpu], demand: Demand | None) -> str:
    if not there:
        return "this host has no GPU"
    if all(gpu.vendor == "amd" for gpu in there):
        return "this host's GPUs are AMD's, and replicas run on NVIDIA's"
    if not free:
        return "no GPU is free"
    return (
        "there is no config.json of the model that the kit can read"
        if demand is None
        else "a GPU does not tell its memory"
    )


def shown(found: Search, taken: Layout | None, demand: Demand, *, most: int = _SHOWN) -> Layouts:
    """The plan's form of a search: the taken one, the best few others, reasons."""
    others = [each for each in found.layouts if each is not taken][:most]
    order = {goal: place for place, goal in enumerate(GOALS)}
    return Layouts(
        context=demand.context,
        taken=figures(taken) if taken else None,
        others=tuple(map(figures, others)),
        rejected=tuple(RejectedLayout(each.name, each.reason) for each in found.rejected),
        recommended=tuple(
            RecommendedLayout(each.goal, each.layout.name, each.why)
            for each in sorted(found.recommended, key=lambda each: order[each.goal])
            if others
        ),
    )


def figures(layout: Layout) -> LayoutFigures:
    """In whole units."""
    return LayoutFigures(
        name=layout.name,
        weights_bytes=layout.fit.weights,
        kv_bytes=layout.fit.kv,
        tokens=layout.tokens,
        contexts=layout.contexts,
        start_seconds=layout.start_seconds,
        request_ms=round(layout.seconds * 1000),
        requests_a_minute=round(layout.rate * 60),
        notes=layout.notes,
    )
