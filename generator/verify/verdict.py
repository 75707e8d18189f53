"""Is what came through the edge what the engines sent? Pure; every finding says what a client would notice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from generator.verify.figures import Figures, figures
from generator.verify.stream import DONE, Stream
from generator.verify.wire import Wire

# Room for what a busy machine does to two measurements one after the other. A buffer is far outside of it: it
# merges nearly everything and holds the first token until the last.
MERGED_MORE = 0.3
BURST_MORE = 4
TTFT_MORE_MS = 100.0
ITL_LESS = 0.5

VERSION = "HTTP/1.1"


@dataclass(frozen=True)
class Result:
    """`direct` and `edge` pooled; `ways` one by one. No findings is a pass; notes say what could not be judged."""

    direct: Figures
    edge: Figures
    ways: tuple[Figures, ...]
    wire: Wire
    findings: tuple[str, ...]
    notes: tuple[str, ...]


def judge(
    direct: Sequence[Stream], edge: Sequence[Stream], *, wire: Wire, edge_name: str, said: Sequence[str] = ()
) -> Result:
    """`direct` has each prompt asked of every replica, `edge` the same prompts asked as often through it;
    `said` is what was found in the edge's files."""
    both = figures("direct", direct), figures(edge_name, edge)
    names = sorted({stream.via for stream in direct})
    order, notes = _order(direct, edge)
    findings = (*_answers(direct), *_answers(edge), *order, *_shape(*both), *_spoken(wire), *said)
    if not wire.requests:
        notes = (*notes, "the engines log no requests, so how the edge speaks to them was not seen")
    each = tuple(figures(name, [stream for stream in direct if stream.via == name]) for name in names)
    return Result(*both, each, wire, tuple(dict.fromkeys(findings)), notes)


def _answers(streams: Sequence[Stream]) -> Iterator[str]:
    for stream in streams:
        encoding = stream.headers.get("content-encoding", "")
        if stream.status != 200:
            yield f"{stream.via}: answered {stream.status}"
        elif encoding:
            yield f"{stream.via}: compressed ({encoding}), which collects tokens before it sends"
        elif not stream.is_counted_up:
            yield f"{stream.via}: events changed places or came twice: the engine's count of tokens goes back"
        elif stream.end == "broken":
            yield f"{stream.via}: a stream broke off"
        elif not stream.events or stream.events[-1].data != DONE:
            yield f"{stream.via}: a stream ended without {DONE}"
        elif not stream.headers.get("content-type", "").startswith("text/event-stream"):
            yield f"{stream.via}: the answer is no event stream"


def _order(direct: Sequence[Stream], edge: Sequence[Stream]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Findings and notes. Only an engine that repeats itself shows, by its words, what was lost on the way."""
    by_prompt = {prompt: list(asked) for prompt, asked in groupby(sorted(direct, key=_prompt), key=_prompt)}
    unlike = sum(any(stream.order != asked[0].order for stream in asked) for asked in by_prompt.values())
    if unlike:
        note = f"{unlike} of {len(by_prompt)} prompts are answered differently by the engines themselves"
        return (), (f"{note}, so the words were not compared",)
    lost = [stream.prompt for stream in edge if stream.order != by_prompt[stream.prompt][0].order]
    where = ", ".join(map(str, sorted(set(lost))))
    return ((f"prompt {where}: events were lost, added or changed on their way",) if lost else ()), ()


def _prompt(stream: Stream) -> int:
    return stream.prompt


def _shape(direct: Figures, edge: Figures) -> Iterator[str]:
    if edge.merged > direct.merged + MERGED_MORE:
        yield f"{edge.merged:.0%} of the events came together with another one, direct {direct.merged:.0%}"
    if edge.usual_burst > direct.usual_burst + BURST_MORE:
        yield f"up to {edge.usual_burst:g} events came at once in a stream, direct {direct.usual_burst:g}"
    if edge.ttft_p50 > direct.ttft_p50 + TTFT_MORE_MS:
        yield f"the first token took {edge.ttft_p50:.0f} ms, direct {direct.ttft_p50:.0f} ms"
    if edge.itl_p50 < direct.itl_p50 * ITL_LESS:
        yield f"{edge.itl_p50:.1f} ms between tokens, direct {direct.itl_p50:.1f} ms: they were collected and sent in bursts"


def _spoken(wire: Wire) -> Iterator[str]:
    others = [version for version in wire.versions if version != VERSION]
    if others:
        yield (
            f"the edge speaks {', '.join(others)} to the engines: a connection for each request, "
            "and an answer that breaks off looks complete"
        )
