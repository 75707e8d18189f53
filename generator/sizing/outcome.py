"""Layouts of one cut on given sets: all replicas alike, or some for prefill and some for decode."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from generator.sizing import pace
from generator.sizing.cut import SMALL_CHUNK, Cut
from generator.sizing.fit import Fit
from generator.sizing.layout import Layout
from generator.sizing.links import GpuSet, distance
from generator.sizing.speed import speed


def together(cut: Cut, sets: tuple[GpuSet, ...], *, too_small: int) -> Layout:
    """Every replica does both; `too_small` counts the sets that had no room."""
    fits = [cut.fit(each) for each in sets]
    request = pace.usual_request(cut.demand.context)
    pairs = zip(map(cut.engine, sets), fits, strict=True)
    rate = sum(pace.rate(engine, _in_use(each, request), request) for engine, each in pairs)
    return replace(_alone(cut, sets, fits), rate=rate, notes=_notes(cut, sets, too_small))


def apart(cut: Cut, sets: tuple[GpuSet, ...]) -> Layout:
    """The split into prefill and decode that takes most requests; the first sets prefill."""
    tried = (split_up(cut, sets, prefill=prefill) for prefill in range(1, len(sets)))
    return max(tried, key=lambda each: each.rate)


def split_up(cut: Cut, sets: tuple[GpuSet, ...], *, prefill: int) -> Layout:
    """The first `prefill` sets take prompts in, the others go on."""
    request = pace.usual_request(cut.demand.context)
    fits = [cut.fit(each, role="decode") for each in sets[prefill:]]
    taken_in = sum(pace.prefill_rate(cut.engine(each), request) for each in sets[:prefill])
    pairs = zip(map(cut.engine, sets[prefill:]), fits, strict=True)
    continued = sum(pace.decode_rate(engine, _in_use(each, request), request) for engine, each in pairs)
    notes = ("prompts' KV moves between GPUs; only on request",)
    rate = min(taken_in, continued)
    return replace(_alone(cut, sets, fits), prefill=prefill, rate=rate, notes=notes)


def _in_use(found: Fit, request: pace.Request) -> int:
    """Tokens of the pool that requests of this size can fill."""
    return found.contexts(request.tokens) * request.tokens


def _alone(cut: Cut, sets: tuple[GpuSet, ...], fits: Sequence[Fit]) -> Layout:
    """All of a layout but how much it takes when full; `fits` are of the replicas that generate."""
    context = cut.demand.context
    request = pace.usual_request(context)
    return Layout(
        split=cut.split,
        sets=sets,
        prefill=0,
        fit=min(fits, key=lambda each: each.tokens),
        tokens=sum(each.tokens for each in fits),
        contexts=sum(each.contexts(context) for each in fits) if context else 0,
        start_seconds=cut.start_seconds(),
        seconds=max(pace.alone(cut.engine(each), request) for each in sets),
        rate=0.0,
        arguments=cut.arguments,
    )


def _notes(cut: Cut, sets: Sequence[GpuSet], too_small: int) -> tuple[str, ...]:
    """What is legal and yet worth a word."""
    notes = [f"{too_small} set{'s are' if too_small > 1 else ' is'} too small for it"] if too_small else []
    if cut.arguments:
        notes.append(f"prompts in chunks of {SMALL_CHUNK}, to leave room for KV")
    notes += _copied_heads(cut) + _few_states(cut, sets)
    worst = max((link for each in sets if (link := cut.among.worst(each))), key=distance, default=None)
    if worst and worst.path == "SYS":
        notes.append("a set crosses NUMA nodes")
    elif worst and worst.path not in ("NV", "XGMI"):
        notes.append(f"no NVLink within a set: {worst.path}")
    if not all(speed(each[0]).known for each in sets):
        notes.append("this GPU's speed is not known; only memory is estimated for it")
    return tuple(notes)


def _few_states(cut: Cut, sets: Sequence[GpuSet]) -> list[str]:
    """Where linear attention's states hold fewer requests than the edge would send."""
    few = min((each.requests for each in map(cut.fit, sets) if each.requests), default=pace.MOST_AT_ONCE)
    return [f"states for {few} requests at once a replica"] if few < pace.MOST_AT_ONCE else []


def _copied_heads(cut: Cut) -> list[str]:
    heads, tensor = cut.demand.model.kv_heads, cut.split.tensor
    if cut.demand.model.latent or tensor <= heads:
        return []
    return [f"each KV head is kept {tensor // heads} times: {heads} of them, {tensor} GPUs"]
