"""Which GPUs belong together: sets cut so that the GPUs of one are as near to each other as can be."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from generator.facts import Gpu, GpuLink, LinkPath

GpuSet = tuple[Gpu, ...]

_ORDER: dict[LinkPath, float] = {"NV": 0, "XGMI": 0, "PIX": 1, "PXB": 2, "PHB": 3, "NODE": 4, "SYS": 5}
_MOST_LANES = 100
# GPUs that are soldered to a board with NVLink, by their names; an A100's twelve lanes are the fewest of them.
_MODULE = re.compile(r"SXM|HBM3|\bG?B[23]00\b|\bGH200\b|\bH200\b(?! NVL)")
_MODULE_LANES = 12


@dataclass(frozen=True)
class Fabric:
    """The paths between a host's GPUs, by pairs of UUIDs; MIG instances are reached as their GPU is."""

    paths: dict[frozenset[str], GpuLink]

    def link(self, first: Gpu, second: Gpu) -> GpuLink:
        """The path between two GPUs. Where nothing is recorded: NVLink between modules, which never come without;
        between cards the NUMA nodes decide."""
        pair = frozenset((first.parent or first.uuid, second.parent or second.uuid))
        if pair in self.paths:
            return self.paths[pair]
        if _MODULE.search(first.name) and first.name == second.name:
            return GpuLink(first.uuid, second.uuid, "NV", _MODULE_LANES)
        return GpuLink(first.uuid, second.uuid, "NODE" if first.numa == second.numa else "SYS")

    def worst(self, gpus: GpuSet) -> GpuLink | None:
        """The longest path within a set: the one that every exchange waits for. None for a single GPU."""
        links = (self.link(first, second) for first, second in combinations(gpus, 2))
        return max(links, key=distance, default=None)


def fabric(links: Sequence[GpuLink]) -> Fabric:
    """The recorded links, to look up."""
    return Fabric({frozenset((link.first, link.second)): link for link in links})


def distance(link: GpuLink) -> float:
    """Smaller is nearer; among NVLinks the one with more lanes."""
    return _ORDER[link.path] - link.lanes / _MOST_LANES


def cut_sets(gpus: Sequence[Gpu], size: int, among: Fabric) -> tuple[GpuSet, ...]:
    """Disjoint sets of `size`, by their first GPU's place; what is left over is in none.

    GPUs in the tightest cluster - NVLink partners, then one PCIe switch, then one NUMA node - are taken together
    first; only what a cluster has left over is joined with what another has.
    """
    place = {gpu.uuid: number for number, gpu in enumerate(gpus)}
    levels = sorted({distance(among.link(first, second)) for first, second in combinations(gpus, 2)})
    found, _left = _cut(list(gpus), size, levels, among)
    ordered = [tuple(sorted(each, key=lambda gpu: place[gpu.uuid])) for each in found]
    return tuple(sorted(ordered, key=lambda each: place[each[0].uuid]))


def alike_sets(gpus: Sequence[Gpu], size: int, among: Fabric) -> tuple[GpuSet, ...]:
    """`cut_sets` of each kind of GPU, in the host's order; MIG instances only by themselves."""
    place = {gpu.uuid: number for number, gpu in enumerate(gpus)}
    found: list[GpuSet] = []
    for kind in dict.fromkeys(map(_kind, gpus)):
        alike = [gpu for gpu in gpus if _kind(gpu) == kind and (size == 1 or not gpu.parent)]
        found += cut_sets(alike, size, among)
    return tuple(sorted(found, key=lambda each: place[each[0].uuid]))


def why_no_sets(size: int, gpus: Sequence[Gpu]) -> str:
    """For a host on which `alike_sets` finds none."""
    instances = any(gpu.parent for gpu in gpus)
    mig = ", and MIG instances have no way to each other's memory" if instances else ""
    return f"there are no {size} whole GPUs of one kind{mig}"


def _kind(gpu: Gpu) -> tuple[str, int]:
    return (gpu.name, gpu.memory_bytes)


def _cut(
    gpus: list[Gpu], size: int, levels: Sequence[float], among: Fabric
) -> tuple[list[GpuSet], list[Gpu]]:
    """(sets, left over), cluster by cluster at the widest of `levels`, each first cut at the narrower ones."""
    if not levels:
        return _consecutive(gpus, size)
    found: list[GpuSet] = []
    left: list[Gpu] = []
    for cluster in _clusters(gpus, levels[-1], among):
        sets, rest = _cut(cluster, size, levels[:-1], among)
        found += sets
        left += rest
    more, rest = _consecutive(left, size)
    return found + more, rest


def _consecutive(gpus: list[Gpu], size: int) -> tuple[list[GpuSet], list[Gpu]]:
    whole = len(gpus) // size * size
    return [tuple(gpus[start : start + size]) for start in range(0, whole, size)], gpus[whole:]


def _clusters(gpus: Sequence[Gpu], within: float, among: Fabric) -> list[list[Gpu]]:
    """The GPUs that reach each other, over others too, by links no longer than `within`."""
    waiting, found = list(gpus), []
    while waiting:
        cluster = [waiting.pop(0)]
        for reached in cluster:
            near = [gpu for gpu in waiting if distance(among.link(reached, gpu)) <= within]
            cluster += near
            waiting = [gpu for gpu in waiting if gpu not in near]
        found.append(sorted(cluster, key=gpus.index))
    return found
