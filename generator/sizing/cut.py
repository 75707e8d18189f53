"""A model cut in one way, and what that gives on a set of GPUs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.facts import GpuLink
from generator.sizing import pace
from generator.sizing.fit import GIB, Demand, Fit, fit, usable
from generator.sizing.links import Fabric, GpuSet, distance
from generator.sizing.occupancy import taken_bytes
from generator.sizing.reserve import Role
from generator.sizing.speed import speed
from generator.sizing.weights import Split, weight_bytes

SMALL_CHUNK = 2048
"""Tokens of a prompt prefilled at once, below which SGLang 0.5.23 keeps no less memory free."""

# A pool this much larger is worth that prompts are cut smaller than the engine would.
_MUCH_MORE = 1.5

# Weights come from a disk at about 1 GB/s, or from the page cache; graphs and kernels take half a minute, a group
# of processes finds itself in ten seconds more.
_DISK = 1e9
_WARM_UP = 35
_GROUP = 10


@dataclass(frozen=True)
class Cut:
    """The model and how it is spread; `arguments` are those of the engine that this needs."""

    demand: Demand
    split: Split
    among: Fabric
    arguments: tuple[str, ...] = ()

    def fit(self, gpus: GpuSet, *, role: Role = "unified") -> Fit:
        """On one set."""
        return fit(self.demand, self.split, _smallest(gpus), role=role, taken=max(map(taken_bytes, gpus)))

    def room(self, sets: Sequence[GpuSet]) -> int:
        """Tokens of the roomiest set."""
        return max((self.fit(each).tokens for each in sets), default=0)

    def engine(self, gpus: GpuSet) -> pace.Engine:
        """The replica on one set, as far as its pace goes."""
        demand = self.demand
        slowest = min(map(speed, gpus), key=lambda each: each.bandwidth)
        return pace.Engine(demand.model, self.split, slowest, self._slowest_link(gpus), demand.kv_type)

    def _slowest_link(self, gpus: GpuSet) -> GpuLink | None:
        """Within a stage: its GPUs, consecutive ones, exchange with each other for every layer."""
        size = self.split.tensor
        stages = (gpus[start : start + size] for start in range(0, len(gpus), size))
        return max(filter(None, map(self.among.worst, stages)), key=distance, default=None)

    def start_seconds(self) -> int:
        """From nothing to serving; the weights are read once for all replicas of a host."""
        size = self.demand.file_bytes or weight_bytes(self.demand.model)
        return int(size / _DISK) + _WARM_UP + (_GROUP if self.split.gpus > 1 else 0)

    def roomier(self, sets: Sequence[GpuSet]) -> Cut:
        """With prompts in smaller chunks where that leaves much more: less memory is kept for activations.

        As it is where the operator has settled how much is kept.
        """
        demand = self.demand
        if demand.static_fraction or demand.bounds.chunk:
            return self
        bounds = replace(demand.bounds, chunk=SMALL_CHUNK)
        small = replace(
            self,
            demand=replace(demand, bounds=bounds),
            arguments=("--chunked-prefill-size", str(SMALL_CHUNK)),
        )
        return small if small.room(sets) > _MUCH_MORE * self.room(sets) else self

    def why_no_room(self, sets: Sequence[GpuSet]) -> str:
        """What is missing on the largest GPUs there are."""
        most = max(sets, key=_smallest)
        needed = weight_bytes(self.demand.model, self.split, file_bytes=self.demand.file_bytes)
        have = usable(_smallest(most), self.split) - max(map(taken_bytes, most))
        if needed > have:
            return f"does not fit: {needed / GIB:.1f} GiB of weights a GPU, {have / GIB:.1f} GiB free"
        if self.fit(most).tokens:
            return "has room for KV, and none for the states of a single request"
        share = f"the {self.fit(most).fraction:.0%} of {have / GIB:.1f} GiB that weights and KV may have"
        return f"leaves no KV cache: {needed / GIB:.1f} GiB of weights a GPU, more than {share}"


def _smallest(gpus: GpuSet) -> int:
    """Memory of the one that bounds the set: operators may name GPUs of several kinds."""
    return min(gpu.memory_bytes for gpu in gpus)
