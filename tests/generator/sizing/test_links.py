"""Sets keep neighbours together, whatever the machine looks like."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.facts import Gpu, GpuLink, LinkPath
from generator.sizing.links import cut_sets, distance, fabric
from tests.generator.sizing.recorded import host


def cards(count: int) -> tuple[Gpu, ...]:
    return tuple(Gpu(index, f"GPU-{index}", "card", 24 << 30) for index in range(count))


def places(sets: tuple[tuple[Gpu, ...], ...]) -> list[tuple[int, ...]]:
    return [tuple(gpu.index for gpu in each) for each in sets]


def pairwise(gpus: tuple[Gpu, ...], near: set[frozenset[int]], path: LinkPath = "NV") -> list[GpuLink]:
    """`path` between the pairs in `near`, SYS between the rest."""
    return [
        GpuLink(one.uuid, other.uuid, path if {one.index, other.index} in near else "SYS")
        for one in gpus
        for other in gpus
        if one.index < other.index
    ]


def test_bridged_cards_are_partners_wherever_they_sit() -> None:
    gpus = cards(4)
    among = fabric(pairwise(gpus, {frozenset({0, 2}), frozenset({1, 3})}))
    assert places(cut_sets(gpus, 2, among)) == [(0, 2), (1, 3)]


def test_numa_nodes_are_filled_before_one_is_crossed() -> None:
    facts = host("eight-l4")
    among = fabric(facts.gpu_links)
    assert places(cut_sets(facts.gpus, 4, among)) == [(0, 1, 2, 3), (4, 5, 6, 7)]
    assert places(cut_sets(facts.gpus, 3, among)) == [(0, 1, 2), (4, 5, 6)]
    whole = cut_sets(facts.gpus, 8, among)[0]
    worst = among.worst(whole)
    assert worst is not None
    assert worst.path == "SYS"


def test_what_clusters_have_left_over_is_joined() -> None:
    gpus = cards(6)
    near = {frozenset({0, 1}), frozenset({1, 2}), frozenset({0, 2}), frozenset({3, 4}), frozenset({4, 5})}
    assert places(cut_sets(gpus, 2, fabric(pairwise(gpus, near)))) == [(0, 1), (2, 5), (3, 4)]


def test_without_recorded_links_modules_have_nvlink_and_cards_have_not() -> None:
    modules = tuple(Gpu(index, str(index), "NVIDIA H100 80GB HBM3", 80 << 30) for index in range(2))
    assert fabric(()).link(*modules).path == "NV"
    assert fabric(()).link(*cards(2)).path == "NODE"


@settings(max_examples=200)
@given(st.data())
def test_sets_are_disjoint_whole_and_as_many_as_there_can_be(data: st.DataObject) -> None:
    count = data.draw(st.integers(1, 8))
    size = data.draw(st.integers(1, count))
    gpus = cards(count)
    paths = st.sampled_from(("NV", "PIX", "PHB", "NODE", "SYS"))
    links = [
        GpuLink(one.uuid, other.uuid, data.draw(paths))
        for one in gpus
        for other in gpus
        if one.index < other.index
    ]
    sets = cut_sets(gpus, size, fabric(links))
    used = [gpu.index for each in sets for gpu in each]
    assert len(used) == len(set(used))
    assert {len(each) for each in sets} == {size}
    assert len(sets) == count // size


@pytest.mark.parametrize("name", ["eight-a100", "eight-h100", "gb200-tray"])
def test_more_lanes_are_nearer(name: str) -> None:
    facts = host(name)
    assert all(distance(link) < 0 for link in facts.gpu_links)
