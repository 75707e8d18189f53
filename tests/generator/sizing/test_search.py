"""Layouts on recorded hosts: the rules that hold for all of them, and the choices that are the point of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.facts import Gpu, GpuLink, GpuProcess
from generator.sizing.fit import Demand, usable
from generator.sizing.layout import Layout
from generator.sizing.links import fabric
from generator.sizing.occupancy import is_busy, taken_bytes, users
from generator.sizing.search import search
from generator.sizing.weights import WHOLE, Split
from tests.generator.sizing.recorded import demand, host, searched
from tests.generator.sizing.searches import PAIRS


@pytest.mark.parametrize(("host_name", "model_name"), PAIRS)
def test_no_layout_uses_a_gpu_twice_or_more_memory_than_there_is(host_name: str, model_name: str) -> None:
    for layout in searched(host_name, model_name).layouts:
        used = [gpu.uuid for each in layout.sets for gpu in each]
        assert len(used) == len(set(used)) == layout.gpus
        assert {len(each) for each in layout.sets} == {layout.split.gpus}
        smallest = min(gpu.memory_bytes for each in layout.sets[layout.prefill :] for gpu in each)
        assert layout.fit.weights + layout.fit.kv <= usable(smallest, layout.split)
        assert layout.tokens > 0


@pytest.mark.parametrize(("host_name", "model_name"), PAIRS)
def test_every_cut_is_either_possible_or_explained(host_name: str, model_name: str) -> None:
    found = searched(host_name, model_name)
    count = len(host(host_name).gpus)
    cuts = {
        Split(size // stages, stages)
        for size in range(1, count + 1)
        for stages in range(1, size + 1)
        if size % stages == 0
    }
    assert {each.split for each in (*found.layouts, *found.rejected)} == cuts
    assert all(each.reason for each in found.rejected)


@pytest.mark.parametrize(("host_name", "model_name"), PAIRS)
def test_a_recommendation_has_two_sentences_and_no_split_of_prefill(host_name: str, model_name: str) -> None:
    for each in searched(host_name, model_name).recommended:
        assert each.layout.prefill == 0
        assert each.why.endswith(".")
        assert each.why.count(". ") == 1


def test_what_is_better_by_little_is_not_called_the_next_best() -> None:
    found = searched("eight-h100", "llama-3.3-70b")
    why = {each.goal: each.why for each in found.recommended}
    most = max(each.tokens for each in found.layouts if not each.prefill)
    assert f"with {most} is better by less than the error of an estimate." in why["memory"]
    assert "next is" in why["latency"]


def test_a_rate_is_a_plain_number() -> None:
    best = searched("eight-h100", "gpt-oss-20b").best("throughput")
    assert best is not None
    assert "takes about 157 requests" in best.why


def best(host_name: str, model_name: str, goal: str) -> Layout:
    return next(each.layout for each in searched(host_name, model_name).recommended if each.goal == goal)


def test_copies_beat_a_group_over_pcie_where_the_model_fits_one_card() -> None:
    assert best("four-a10g", "qwen2.5-7b", "throughput").name == "TP 1 x 4"
    found = {each.name: each.rate for each in searched("four-a10g", "qwen2.5-1.5b").layouts}
    assert found["TP 1 x 4"] > 1.4 * found["TP 2 x 2"]


def test_sets_stay_within_numa_nodes() -> None:
    layouts = {each.name: each for each in searched("eight-l4", "qwq-32b").layouts}
    assert all(len({gpu.numa for gpu in each}) == 1 for each in layouts["TP 4 x 2"].sets)
    assert "a set crosses NUMA nodes" in layouts["TP 8 x 1"].notes


def test_mig_instances_serve_alone() -> None:
    found = searched("mig", "qwen2.5-1.5b")
    assert {each.split for each in found.layouts} == {Split(1)}
    reasons = {each.split: each.reason for each in found.rejected}
    assert reasons[Split(2)].endswith("MIG instances have no way to each other's memory")
    assert found.layouts[0].notes == ("7 sets are too small for it",)


def test_kinds_of_gpus_are_not_mixed_in_a_set() -> None:
    layouts = searched("mixed", "qwen2.5-1.5b").layouts
    assert layouts
    for layout in layouts:
        assert all(len({gpu.name for gpu in each}) == 1 for each in layout.sets)


def test_a_kept_copy_of_kv_heads_is_noted() -> None:
    layouts = {each.name: each for each in searched("eight-h100", "qwen2.5-7b").layouts}
    assert "TP 4 x 2" in layouts
    eight = {each.name: each for each in searched("eight-h100", "qwen3-30b-a3b").layouts}["TP 8 x 1"]
    assert eight.notes == ("each KV head is kept 2 times: 4 of them, 8 GPUs",)


def test_a_longer_context_asks_for_more_room() -> None:
    short = searched("four-3090", "qwen3-14b", context=8192).best("throughput")
    long = searched("four-3090", "qwen3-14b", context=131072).best("throughput")
    assert short is not None
    assert long is not None
    assert short.layout.contexts > long.layout.contexts >= 1


def test_prefill_and_decode_are_offered_for_two_sets_and_more() -> None:
    names = [each.name for each in searched("eight-h100", "llama-3.1-8b").layouts if each.prefill]
    assert any(name.startswith("TP 1 x ") for name in names)
    assert not any(each.prefill for each in searched("one-l4", "qwen2.5-1.5b").layouts)


def test_at_most_the_replicas_asked_for() -> None:
    facts = host("eight-h100")
    found = search(demand("llama-3.1-8b"), facts.gpus, fabric(facts.gpu_links), replicas=2)
    assert max(len(each.sets) for each in found.layouts) == 2


def test_what_others_take_is_missing_here() -> None:
    desktop, working = host("mixed").gpus[2:]
    assert not is_busy(desktop)
    assert is_busy(working)
    assert users(working) == "python3.12 (pid 41230), 17.0 GiB"
    own = replace(working, processes=(GpuProcess(1, "sglang", 17 << 30, own=True),))
    assert taken_bytes(own) == 0


def test_what_can_not_be_seen_is_taken_all_the_same() -> None:
    card = Gpu(0, "GPU-0", "NVIDIA L4", 24 << 30)
    assert taken_bytes(card) == 0
    assert taken_bytes(replace(card, free_bytes=usable(24 << 30, WHOLE))) == 0
    hidden = replace(card, free_bytes=4 << 30)
    assert is_busy(hidden)
    assert users(hidden).startswith("a process that can not be seen")


def test_a_process_whose_memory_is_not_told_is_taken_to_have_what_is_missing() -> None:
    card = Gpu(0, "GPU-0", "NVIDIA L4", 24 << 30, free_bytes=4 << 30)
    stranger, own = GpuProcess(7, "/usr/bin/trainer"), GpuProcess(8, "sglang", 18 << 30, own=True)
    assert is_busy(replace(card, processes=(stranger,)))
    assert users(replace(card, processes=(stranger,))).startswith("trainer (pid 7), 18.")
    assert not is_busy(replace(card, processes=(stranger, own)))
    assert not is_busy(replace(card, processes=(stranger, replace(own, memory_bytes=0))))
    assert taken_bytes(replace(card, free_bytes=23 << 30, processes=(stranger,))) == 0


def test_stages_are_priced_by_the_links_within_them() -> None:
    """Two boards of eight with NVLink, and a slow way between: TP within a board, a stage on each."""
    gpus = tuple(
        Gpu(index, f"GPU-{index}", "NVIDIA H100 80GB HBM3", 81559 << 20, numa=index // 8)
        for index in range(16)
    )
    links = [
        GpuLink(one.uuid, other.uuid, "NV", 18)
        if one.numa == other.numa
        else GpuLink(one.uuid, other.uuid, "SYS")
        for one in gpus
        for other in gpus
        if one.index < other.index
    ]
    found = search(demand("deepseek-v3"), gpus, fabric(links)).best("throughput")
    assert found is not None
    assert found.layout.name == "TP 8 PP 2 x 1"


def test_few_states_are_told_and_bound_what_a_replica_takes() -> None:
    layouts = {each.name: each for each in searched("eight-h100", "qwen3.6-27b", context=4096).layouts}
    alone = layouts["TP 1 x 8"]
    assert alone.contexts == 8 * 9
    assert "states for 9 requests at once a replica" in alone.notes


def test_no_room_for_a_state_is_a_reason() -> None:
    facts, shape = host("eight-h100"), demand("qwen3.6-27b").model
    huge = Demand(replace(shape, state_bytes=shape.state_bytes * 20), context=4096)
    found = search(huge, facts.gpus[:1], fabric(facts.gpu_links))
    assert not found.layouts
    assert found.rejected[0].reason == "has room for KV, and none for the states of a single request"
