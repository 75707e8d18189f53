"""All layouts of a model on a host's GPUs: TP x PP x replicas, together or split into prefill and decode.

Every cut is tried; of each as many replicas as there is room for, because fewer are never better. GPUs of different
kinds are never in one set; a replica whose GPUs are too small is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.facts import Gpu
from generator.sizing.cut import Cut
from generator.sizing.fit import Demand
from generator.sizing.layout import Layout, Rejected, Search
from generator.sizing.legality import why_illegal
from generator.sizing.links import Fabric, GpuSet, alike_sets, why_no_sets
from generator.sizing.outcome import apart, split_up, together
from generator.sizing.ranking import recommend
from generator.sizing.weights import Split

MOST_REPLICAS = 16


def search(demand: Demand, gpus: Sequence[Gpu], among: Fabric, *, replicas: int = MOST_REPLICAS) -> Search:
    """Layouts of at most `replicas` on `gpus`, which should be those that nobody else uses."""
    found = [each for split in _splits(gpus) for each in _layouts(demand, split, gpus, among, replicas)]
    layouts = [each for each in found if isinstance(each, Layout)]
    rejected = tuple(each for each in found if isinstance(each, Rejected))
    ordered = tuple(sorted(layouts, key=lambda each: (-each.rate, each.split.gpus, each.prefill)))
    return Search(ordered, rejected, recommend(ordered, demand))


def lay_out(cut: Cut, sets: Sequence[GpuSet], *, prefill: int = 0) -> Layout | Rejected:
    """The layout on these sets, of which the first `prefill` only take prompts in; or why none of them has room."""
    found = next(_on_sets(cut, sets, MOST_REPLICAS))
    if not prefill or isinstance(found, Rejected):
        return found
    return split_up(cut.roomier(sets), tuple(sets), prefill=prefill)


def _splits(gpus: Sequence[Gpu]) -> Iterator[Split]:
    """Every cut that the host has GPUs for, the small ones first."""
    for size in range(1, len(gpus) + 1):
        for pipeline in range(1, size + 1):
            if size % pipeline == 0:
                yield Split(size // pipeline, pipeline)


def _layouts(
    demand: Demand, split: Split, gpus: Sequence[Gpu], among: Fabric, replicas: int
) -> Iterator[Layout | Rejected]:
    if reason := why_illegal(demand.model, split, expert_groups=demand.expert_groups):
        yield Rejected(split, "illegal", reason)
    elif split.pipeline > 1 and demand.against_stages:
        yield Rejected(split, "arguments", demand.against_stages)
    elif sets := alike_sets(gpus, split.gpus, among):
        yield from _on_sets(Cut(demand, split, among), sets, replicas)
    else:
        yield Rejected(split, "apart", why_no_sets(split.gpus, gpus))


def _on_sets(cut: Cut, sets: Sequence[GpuSet], replicas: int) -> Iterator[Layout | Rejected]:
    cut = cut.roomier(sets)
    roomy = tuple(each for each in sets if cut.fit(each).fits)
    if not roomy:
        yield Rejected(cut.split, "small", cut.why_no_room(sets))
        return
    yield together(cut, roomy[:replicas], too_small=len(sets) - len(roomy))
    if len(roomy[:replicas]) > 1 and cut.split.pipeline == 1:
        yield apart(cut, roomy[:replicas])
