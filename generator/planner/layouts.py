"""Which layout is taken: the one asked for, else the best for the goal; and how it is shown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from generator.facts import Gpu
from generator.plan.layouts import LayoutFigures, Layouts, RecommendedLayout, RejectedLayout
from generator.planner.decisions import Decisions
from generator.sizing.fit import Demand
from generator.sizing.layout import GOALS, Goal, Layout, Rejected, Search
from generator.sizing.legality import why_illegal
from generator.sizing.links import Fabric, GpuSet
from generator.sizing.ranking import recommend, smallest
from generator.sizing.search import MOST_REPLICAS, lay_out, search
from generator.sizing.weights import Split
from generator.spec.model import DeploymentSpec

_OTHERS = 3


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
    return (taken, shown(found, taken, demand)) if taken else None


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
    why = best.why if len(found.layouts) > 1 else "no other one is possible"
    decisions.choose("layout", best.layout.name, why=f"`optimize: {goal}`{asked}: {why}")
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
    demand: Demand, split: Split, sets: Sequence[GpuSet], among: Fabric, decisions: Decisions
) -> tuple[Layout, Layouts] | None:
    """The figures of sets that the spec names; None, with a fault or a warning, where they won't do."""
    if reason := why_illegal(demand.model, split):
        _refuse_asked(split, (Rejected(split, "illegal", reason),), decisions)
        return None
    found = lay_out(demand, split, sets, among)
    if isinstance(found, Rejected):
        _refuse_asked(split, (found,), decisions)
        return None
    return found, shown(Search((found,), (), ()), found, demand)


def _refuse_asked(asked: Split, rejected: Iterable[Rejected], decisions: Decisions) -> None:
    """What the engine refuses is a fault; what the kit only estimates not to fit is a warning."""
    found = next((each for each in rejected if each.split == asked), None)
    if found is None:
        return
    if found.kind == "illegal":
        path = "tensor_parallel_size" if asked.tensor > 1 else "pipeline_parallel_size"
        decisions.refuse(
            path, f"{found.name}: {found.reason}", "`sglbox plan --layouts` shows what is possible"
        )
    else:
        decisions.warn(f"{found.name} {found.reason}; the engine will not start unless that is wrong")


def _refuse_all(rejected: Sequence[Rejected], decisions: Decisions) -> None:
    nearest = [each for each in rejected if each.kind == "small"][-1:] or rejected[-1:]
    for each in nearest:
        decisions.refuse(
            "replicas",
            f"no layout has room for the model; {each.name} {each.reason}",
            "serve a smaller or quantised model, or name a `tensor_parallel_size` if you know better",
        )


def shown(found: Search, taken: Layout, demand: Demand) -> Layouts:
    """The plan's form of a search: the taken one, the best few others, reasons."""
    others = [each for each in found.layouts if each is not taken][:_OTHERS]
    order = {goal: place for place, goal in enumerate(GOALS)}
    return Layouts(
        context=demand.context,
        taken=figures(taken),
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
