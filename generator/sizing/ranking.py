"""The best layout for each goal, and why, in two sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from generator.sizing.fit import GIB, Demand
from generator.sizing.layout import GOALS, Goal, Layout, Recommendation
from generator.sizing.pace import usual_request

# Where no context is asked for, a pool below this serves nobody well.
_LEAST_CONTEXT = 4096
# A gain within the error of the estimate is no reason to prefer the larger set: memory is known well, pace is not.
_EQUAL: dict[Goal, float] = {"throughput": 0.15, "latency": 0.15, "memory": 0.05}


def recommend(layouts: Sequence[Layout], demand: Demand) -> tuple[Recommendation, ...]:
    """One a goal; none where nothing fits. Splitting prefill from decode is the operator's to ask for."""
    choice = roomy(layouts, demand)
    return tuple(_recommendations(choice, demand)) if choice else ()


def smallest(layouts: Sequence[Layout], demand: Demand) -> Layout | None:
    """The one with the fewest GPUs a replica that has room; None where nothing fits."""
    choice = roomy(layouts, demand)
    return min(choice, key=lambda each: (each.split.gpus, each.split.pipeline), default=None)


def roomy(layouts: Sequence[Layout], demand: Demand) -> list[Layout]:
    """Those whose replicas hold a context of the length asked for; all of them where none does."""
    together = [each for each in layouts if not each.prefill]
    return [each for each in together if each.fit.tokens >= least_tokens(demand)] or together


def least_tokens(demand: Demand) -> int:
    """Of a replica, below which it serves nobody well: what is asked for, else a few pages of text."""
    if demand.context_asked:
        return demand.context
    return min(_LEAST_CONTEXT, demand.context or _LEAST_CONTEXT)


def _recommendations(layouts: Sequence[Layout], demand: Demand) -> Iterator[Recommendation]:
    for goal in GOALS:
        best = _best(layouts, goal)
        others = [each for each in layouts if each is not best]
        second = _best(others, goal) if others else None
        yield Recommendation(goal, best, _why(goal, best, second, demand))


def _best(layouts: Sequence[Layout], goal: Goal) -> Layout:
    """The most merit; among equals the smallest set, because less depends on less, and stages only where they gain."""
    merit = _MERIT[goal]
    most = max(map(merit, layouts))
    equals = [each for each in layouts if merit(each) >= most * (1 - _EQUAL[goal])]
    return min(equals, key=lambda each: (each.split.pipeline, each.split.gpus, -merit(each)))


_MERIT: dict[Goal, Callable[[Layout], float]] = {
    "throughput": lambda layout: layout.rate,
    "latency": lambda layout: 1 / layout.seconds,
    "memory": lambda layout: float(layout.tokens),
}


def _why(goal: Goal, best: Layout, second: Layout | None, demand: Demand) -> str:
    if second is None:
        return f"{_figure(goal, best, demand)}. No other layout is possible."
    more = _MERIT[goal](second) > _MERIT[goal](best)
    than = f"{second.name} with {_short(goal, second)}"
    than = f"{than} is better by less than the error of an estimate" if more else f"next is {than}"
    return f"{_figure(goal, best, demand)}. {_BECAUSE[goal](best)}; {than}."


def _figure(goal: Goal, layout: Layout, demand: Demand) -> str:
    request = usual_request(demand.context)
    usual = f"requests of {request.prompt} + {request.answer} tokens"
    match goal:
        case "throughput":
            return f"{layout.name} takes about {_rate(layout)} {usual} a second"
        case "latency":
            return f"{layout.name} answers one of {request.prompt} + {request.answer} tokens in about {layout.seconds:.2g} s"
        case "memory":
            return f"{layout.name} holds {layout.tokens} tokens of KV{_contexts(layout, demand)}"


def _contexts(layout: Layout, demand: Demand) -> str:
    if not layout.contexts:
        return ""
    return f", {layout.contexts} context{'s' if layout.contexts > 1 else ''} of {demand.context}"


def _short(goal: Goal, layout: Layout) -> str:
    match goal:
        case "throughput":
            return _rate(layout)
        case "latency":
            return f"{layout.seconds:.2g} s"
        case "memory":
            return str(layout.tokens)


def _rate(layout: Layout) -> str:
    return f"{layout.rate:.2g}" if layout.rate < 100 else f"{layout.rate:.0f}"


def _because_throughput(layout: Layout) -> str:
    if layout.split.gpus == 1:
        return "Each GPU works for itself and waits for no other"
    room = f"with {layout.split.gpus} GPUs a replica the weights leave {layout.fit.kv / GIB:.1f} GiB a GPU for KV"
    return room[0].upper() + room[1:]


def _because_latency(layout: Layout) -> str:
    if layout.split.tensor == 1:
        return "One GPU is fastest where exchanges between GPUs would cost more than they gain"
    return f"{layout.split.tensor} GPUs read the weights side by side for every token"


def _because_memory(layout: Layout) -> str:
    if len(layout.sets) == 1:
        return "The weights are there but once, the rest is KV"
    return f"The weights are there {len(layout.sets)} times, and fewer copies would hold hardly more, or less"


_BECAUSE: dict[Goal, Callable[[Layout], str]] = {
    "throughput": _because_throughput,
    "latency": _because_latency,
    "memory": _because_memory,
}
