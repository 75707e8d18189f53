"""What a request went through, as spans: names and nesting are the real server's at level 1."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from simulator.sequence import Sequence
from simulator.spans.context import new_id, read


@dataclass(frozen=True)
class Span:
    """Ids in hex, instants in nanoseconds since 1970."""

    trace: str
    id: str
    parent: str
    name: str
    start: int
    end: int


def spans_of(sequence: Sequence, *, ended: float, epoch: float) -> tuple[Span, ...]:
    """Of a sequence that has ended; none where its client does not want the trace recorded.

    `epoch` is what the engine's clock has to be put forward by to be seconds since 1970.
    """
    context = read(sequence.traceparent)
    if not context.is_sampled:
        return ()

    def span(parent: str, name: str, start: float, end: float) -> Span:
        at = (int((instant + epoch) * 1e9) for instant in (start, end))
        return Span(context.trace, new_id(64), parent, name, *at)

    request = span(context.parent, f" Req {sequence.rid[:8]}", sequence.arrived, ended)
    scheduler = span(request.id, "Scheduler [TP 0] ", sequence.arrived, ended)
    stages = (span(scheduler.id, *stage) for stage in _stages(sequence, ended))
    return (request, scheduler, *stages)


def _stages(sequence: Sequence, ended: float) -> Iterator[tuple[str, float, float]]:
    """As far as it got."""
    admitted, first = sequence.admitted, sequence.first_token
    yield "prefill_waiting", sequence.arrived, ended if admitted is None else admitted
    if admitted is not None:
        yield "prefill_forward", admitted, ended if first is None else first
    if first is not None:
        yield "decode_forward", first, ended
