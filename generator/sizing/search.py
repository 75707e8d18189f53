"""All layouts of a model on a host's GPUs: TP x PP x replicas, together or split into prefill and decode.

Every cut is tried; of each as many replicas as there is room for, because fewer are never better. GPUs of different
kinds are never in one set; a replica whose GPUs are too small is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator.facts import Gpu
from generator.sizing import pace
from generator.sizing.fit import GIB, Demand, Fit, fit, usable
from generator.sizing.layout import Layout, Rejected, Search
from generator.sizing.legality import why_illegal
from generator.sizing.links import Fabric, GpuSet, cut_sets, distance
from generator.sizing.occupancy import taken_bytes
from generator.sizing.ranking import recommend
from generator.sizing.reserve import tier
from generator.sizing.speed import speed
from generator.sizing.weights import Split, weight_bytes

MOST_REPLICAS = 16

SMALL_CHUNK = 2048
"""Tokens of a prompt prefilled at once, below which SGLang 0.5.23 keeps no less memory free."""

# A pool this much larger is worth that prompts are cut smaller than the engine would.
_MUCH_MORE = 1.5

# Weights come from a disk at about 1 GB/s, or from the page cache; graphs and kernels take half a minute, a group
# of processes finds itself in ten seconds more.
_DISK = 1e9
_WARM_UP = 35
_GROUP = 10


def search(demand: Demand, gpus: Sequence[Gpu], among: Fabric, *, replicas: int = MOST_REPLICAS) -> Search:
    """Layouts of at most `replicas` on `gpus`, which should be those that nobody else uses."""
    layouts: list[Layout] = []
    rejected: list[Rejected] = []
    for split in _splits(gpus):
        found = list(_layouts(demand, split, gpus, among, replicas))
        layouts += [each for each in found if isinstance(each, Layout)]
        rejected += [each for each in found if isinstance(each, Rejected)]
    ordered = tuple(sorted(layouts, key=lambda each: (-each.rate, each.split.gpus, each.prefill)))
    return Search(ordered, tuple(rejected), recommend(ordered, demand))


def _splits(gpus: Sequence[Gpu]) -> Iterator[Split]:
    """Every cut that the host has GPUs for, the small ones first."""
    for size in range(1, len(gpus) + 1):
        for pipeline in range(1, size + 1):
            if size % pipeline == 0:
                yield Split(size // pipeline, pipeline)


def _layouts(
    demand: Demand, split: Split, gpus: Sequence[Gpu], among: Fabric, replicas: int
) -> Iterator[Layout | Rejected]:
    if reason := why_illegal(demand.model, split):
        yield Rejected(split, "illegal", reason)
        return
    sets = _sets(gpus, split.gpus, among)
    if not sets:
        yield Rejected(split, "apart", _why_no_sets(split, gpus))
        return
    together = lay_out(demand, split, sets, among, replicas=replicas)
    yield together
    if isinstance(together, Rejected):
        return
    demand, fitting = _fitting(demand, split, sets, replicas)
    if len(fitting) > 1 and split.pipeline == 1:
        yield _best_disaggregated(demand, split, fitting, among)


def lay_out(
    demand: Demand, split: Split, sets: Sequence[GpuSet], among: Fabric, *, replicas: int = MOST_REPLICAS
) -> Layout | Rejected:
    """The layout on these sets, or why none of them has room."""
    demand, fitting = _fitting(demand, split, sets, replicas)
    if not fitting:
        return Rejected(split, "small", _why_no_fit(demand, split, sets))
    too_small = sum(not _fit(demand, split, each).fits for each in sets)
    return _unified(demand, split, fitting, among, left_out=too_small)


def _fitting(
    demand: Demand, split: Split, sets: Sequence[GpuSet], replicas: int
) -> tuple[Demand, tuple[GpuSet, ...]]:
    """The sets with room for it. Prompts in smaller chunks, where that leaves much more: less is kept for activations."""
    small = _in_small_chunks(demand)
    if _room(small, split, sets) > _MUCH_MORE * _room(demand, split, sets):
        demand = small
    fitting = tuple(each for each in sets if _fit(demand, split, each).fits)
    return demand, fitting[:replicas]


def _room(demand: Demand, split: Split, sets: Sequence[GpuSet]) -> int:
    """Tokens of the roomiest set."""
    return max((_fit(demand, split, each).tokens for each in sets), default=0)


def _in_small_chunks(demand: Demand) -> Demand:
    """As it is where the operator has settled how much is kept free."""
    if demand.static_fraction or demand.bounds.chunk:
        return demand
    return replace(demand, bounds=replace(demand.bounds, chunk=SMALL_CHUNK))


def _why_no_sets(split: Split, gpus: Sequence[Gpu]) -> str:
    instances = any(gpu.parent for gpu in gpus)
    mig = ", and MIG instances have no way to each other's memory" if instances else ""
    return f"there are no {split.gpus} whole GPUs of one kind{mig}"


def _kind(gpu: Gpu) -> tuple[str, int]:
    return (gpu.name, gpu.memory_bytes)


def _sets(gpus: Sequence[Gpu], size: int, among: Fabric) -> tuple[GpuSet, ...]:
    """Sets of each kind of GPU, in the host's order; MIG instances only by themselves."""
    place = {gpu.uuid: number for number, gpu in enumerate(gpus)}
    found: list[GpuSet] = []
    for kind in dict.fromkeys(map(_kind, gpus)):
        alike = [gpu for gpu in gpus if _kind(gpu) == kind and (size == 1 or not gpu.parent)]
        found += cut_sets(alike, size, among)
    return tuple(sorted(found, key=lambda each: place[each[0].uuid]))


def _fit(demand: Demand, split: Split, gpus: GpuSet) -> Fit:
    return fit(demand, split, gpus[0].memory_bytes, taken=max(map(taken_bytes, gpus)))


def _why_no_fit(demand: Demand, split: Split, sets: Sequence[GpuSet]) -> str:
    most = max(sets, key=lambda each: each[0].memory_bytes)
    memory = most[0].memory_bytes
    needed = weight_bytes(demand.model, split, file_bytes=demand.file_bytes)
    found = _fit(demand, split, most)
    have = usable(memory, split) - max(map(taken_bytes, most))
    if needed > have:
        return f"does not fit: {needed / GIB:.1f} GiB of weights a GPU, {have / GIB:.1f} GiB free"
    share = f"the {found.fraction:.0%} of {have / GIB:.1f} GiB that weights and KV may have"
    return f"leaves no KV cache: {needed / GIB:.1f} GiB of weights a GPU, more than {share}"


def _unified(
    demand: Demand, split: Split, sets: tuple[GpuSet, ...], among: Fabric, *, left_out: int
) -> Layout:
    fits = [_fit(demand, split, each) for each in sets]
    engines = [_engine(demand, split, each, among) for each in sets]
    request = pace.usual_request(demand.context)
    return Layout(
        split=split,
        sets=sets,
        prefill=0,
        fit=min(fits, key=lambda each: each.tokens),
        tokens=sum(each.tokens for each in fits),
        contexts=sum(each.tokens // demand.context for each in fits) if demand.context else 0,
        start_seconds=_start_seconds(demand, split),
        seconds=max(pace.alone(engine, request) for engine in engines),
        rate=sum(pace.rate(engine, each.tokens, request) for engine, each in zip(engines, fits, strict=True)),
        notes=_notes(demand, split, sets, among, left_out=left_out),
        arguments=_arguments(demand, sets),
    )


def _best_disaggregated(demand: Demand, split: Split, sets: tuple[GpuSet, ...], among: Fabric) -> Layout:
    """The split into prefill and decode that takes most requests; the first sets prefill."""
    tried = (_disaggregated(demand, split, sets, among, prefill) for prefill in range(1, len(sets)))
    return max(tried, key=lambda each: each.rate)


def _disaggregated(
    demand: Demand, split: Split, sets: tuple[GpuSet, ...], among: Fabric, prefill: int
) -> Layout:
    request = pace.usual_request(demand.context)
    engines = [_engine(demand, split, each, among) for each in sets]
    fits = [
        fit(demand, split, each[0].memory_bytes, role="decode", taken=max(map(taken_bytes, each)))
        for each in sets[prefill:]
    ]
    taken_in = sum(pace.prefill_rate(engine, request) for engine in engines[:prefill])
    pairs = zip(engines[prefill:], fits, strict=True)
    continued = sum(pace.decode_rate(engine, each.tokens, request) for engine, each in pairs)
    return Layout(
        split=split,
        sets=sets,
        prefill=prefill,
        fit=min(fits, key=lambda each: each.tokens),
        tokens=sum(each.tokens for each in fits),
        contexts=sum(each.tokens // demand.context for each in fits) if demand.context else 0,
        start_seconds=_start_seconds(demand, split),
        seconds=max(pace.alone(engine, request) for engine in engines),
        rate=min(taken_in, continued),
        notes=("prompts' KV moves between GPUs; only on request",),
        arguments=_arguments(demand, sets),
    )


def _engine(demand: Demand, split: Split, gpus: GpuSet, among: Fabric) -> pace.Engine:
    return pace.Engine(demand.model, split, speed(gpus[0]), among.worst(gpus), demand.kv_type)


def _arguments(demand: Demand, sets: Sequence[GpuSet]) -> tuple[str, ...]:
    """The chunk, where it is smaller than what the engine would take for these GPUs."""
    usual = min(tier(each[0].memory_bytes).chunk for each in sets)
    return ("--chunked-prefill-size", str(SMALL_CHUNK)) if 0 < demand.bounds.chunk < usual else ()


def _start_seconds(demand: Demand, split: Split) -> int:
    size = demand.file_bytes or weight_bytes(demand.model)
    return int(size / _DISK) + _WARM_UP + (_GROUP if split.gpus > 1 else 0)


def _notes(
    demand: Demand, split: Split, sets: Sequence[GpuSet], among: Fabric, *, left_out: int
) -> tuple[str, ...]:
    """What is legal and yet worth a word."""
    notes = [f"{left_out} set{'s are' if left_out > 1 else ' is'} too small for it"] if left_out else []
    if _arguments(demand, sets):
        notes.append(f"prompts in chunks of {SMALL_CHUNK}, to leave room for KV")
    if split.tensor > demand.model.kv_heads and not demand.model.latent:
        copies = split.tensor // demand.model.kv_heads
        notes.append(
            f"each KV head is kept {copies} times: {demand.model.kv_heads} of them, {split.tensor} GPUs"
        )
    worst = max((link for each in sets if (link := among.worst(each))), key=distance, default=None)
    if worst and worst.path == "SYS":
        notes.append("a set crosses NUMA nodes")
    elif worst and worst.path not in ("NV", "XGMI"):
        notes.append(f"no NVLink within a set: {worst.path}")
    if not all(speed(each[0]).known for each in sets):
        notes.append("this GPU's speed is not known; only memory is estimated for it")
    return tuple(notes)
