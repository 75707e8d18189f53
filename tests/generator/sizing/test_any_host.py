"""Whatever the host and the model: sets are disjoint, memory suffices, and more memory never means less room."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from generator.facts import Gpu
from generator.sizing.fit import Demand, fit, usable
from generator.sizing.links import fabric
from generator.sizing.search import search
from generator.sizing.weights import Split, weight_bytes
from tests.generator.sizing.start_up_logs import HERE, model

MODELS = tuple(sorted(file.stem for file in (HERE / "models").glob("*.json")))
KINDS = (
    ("NVIDIA L4", 23034),
    ("NVIDIA A100-SXM4-80GB", 81920),
    ("NVIDIA H200", 143771),
    ("some card", 12288),
)


@st.composite
def hosts(draw: st.DrawFn) -> tuple[Gpu, ...]:
    kinds = draw(st.lists(st.sampled_from(KINDS), min_size=1, max_size=8))
    return tuple(
        Gpu(index, f"GPU-{index}", name, mib << 20, numa=index // 4)
        for index, (name, mib) in enumerate(kinds)
    )


@settings(max_examples=100)
@given(hosts(), st.sampled_from(MODELS), st.sampled_from((0, 4096, 65536)))
def test_every_layout_can_be_deployed(gpus: tuple[Gpu, ...], name: str, context: int) -> None:
    shape = model(name)
    demand = Demand(shape, context=context or shape.context, context_asked=bool(context))
    found = search(demand, gpus, fabric(()))
    for layout in found.layouts:
        used = [gpu.uuid for each in layout.sets for gpu in each]
        assert len(used) == len(set(used)) <= len(gpus)
        assert all(len({gpu.name for gpu in each}) == 1 for each in layout.sets)
        smallest = min(gpu.memory_bytes for each in layout.sets[layout.prefill :] for gpu in each)
        assert weight_bytes(shape, layout.split) + layout.fit.kv <= usable(smallest, layout.split)
        assert layout.rate >= 0
        assert layout.contexts <= layout.tokens // demand.context
    assert bool(found.layouts) == bool(found.recommended)


@settings(max_examples=100)
@given(
    st.sampled_from(MODELS), st.integers(8, 190), st.sampled_from((Split(1), Split(2), Split(4), Split(2, 2)))
)
def test_more_memory_is_never_less_room(name: str, gib: int, split: Split) -> None:
    """Within one of the engine's tiers: at their edges it keeps more free for larger batches."""
    demand = Demand(model(name), static_fraction=0.85)
    less, more = fit(demand, split, gib << 30), fit(demand, split, (gib + 1) << 30)
    assert more.tokens >= less.tokens
    assert fit(replace(demand, kv_type="fp8"), split, gib << 30).tokens >= less.tokens
