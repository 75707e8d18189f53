"""From streams to a verdict: what is counted, what is compared, and what can't be judged."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import pytest

from generator.verify.configuration import DEMANDS, examine
from generator.verify.figures import burst_sizes, figures, percentile
from generator.verify.stream import DONE, Event, Stream
from generator.verify.verdict import judge
from generator.verify.wire import Wire, wire

SPOKEN = Wire(4, ("HTTP/1.1",))


def token(text: str) -> str:
    return json.dumps({"id": text, "choices": [{"delta": {"content": text}}]})


def stream(
    via: str = "replica-0", *, prompt: int = 0, gap: float = 0.02, together: int = 1, count: int = 20
) -> Stream:
    """`together` tokens in every chunk, chunks so far apart that the whole takes `count` gaps."""
    events = [
        Event(token(f"t{number}"), 0.1 + (number // together + 1) * together * gap, number // together)
        for number in range(count)
    ]
    last = events[-1]
    closing = Event(DONE, last.at + gap, last.chunk + 1)
    return Stream(prompt, via, 200, {"content-type": "text/event-stream"}, (*events, closing), "whole")


def test_events_in_one_chunk_or_at_one_time_are_a_burst() -> None:
    at = (0.1, 0.1, 0.2, 0.2004, 0.3)
    chunks = (0, 0, 1, 2, 3)
    events = tuple(Event(token("x"), when, chunk) for when, chunk in zip(at, chunks, strict=True))
    assert list(burst_sizes(replace(stream(), events=events))) == [2, 2, 1]
    assert list(burst_sizes(replace(stream(), events=()))) == []


def test_figures_are_of_tokens_and_in_milliseconds() -> None:
    made = figures("edge", [stream(), stream()])
    assert (made.streams, made.events, made.chunks, made.merged, made.largest_burst) == (2, 42, 42, 0.0, 1)
    assert made.ttft_p50 == pytest.approx(120)
    assert made.itl_p50 == pytest.approx(20)
    merged = figures("edge", [stream(together=10)])
    assert merged.merged == pytest.approx(18 / 21)
    assert merged.largest_burst == 10


def test_percentiles_are_by_nearest_rank() -> None:
    assert [percentile([3, 1, 2], rank) for rank in (1, 50, 99)] == [1, 2, 3]
    assert math.isnan(percentile([], 50))


def test_alike_is_a_pass() -> None:
    result = judge([stream()], [stream("edge")], wire=SPOKEN, edge_name="edge")
    assert (result.findings, result.notes) == ((), ())


@pytest.mark.parametrize(
    ("through", "finding"),
    [
        (stream("edge", together=20), "came together"),
        (stream("edge", together=20), "events came at once in a stream"),
        (stream("edge", together=20), "first token took"),
        (replace(stream("edge"), status=429), "answered 429"),
        (replace(stream("edge"), end="broken"), "broke off"),
        (replace(stream("edge"), events=stream().events[:-1]), "ended without [DONE]"),
        (replace(stream("edge"), headers={"content-encoding": "gzip"}), "compressed (gzip)"),
        (replace(stream("edge"), headers={"content-type": "text/html"}), "no event stream"),
        (replace(stream("edge"), events=stream().events[1:]), "lost, added or changed"),
        (
            replace(stream("edge"), events=(stream().events[1], stream().events[0], *stream().events[2:])),
            "lost, added or changed",
        ),
        (stream("edge", gap=0.005), "ms between tokens"),
    ],
)
def test_what_a_client_would_notice_is_found(through: Stream, finding: str) -> None:
    result = judge([stream()], [through], wire=SPOKEN, edge_name="edge")
    assert any(finding in text for text in result.findings), result.findings


def test_engines_that_do_not_repeat_themselves_say_nothing_about_the_edge() -> None:
    direct = [stream("replica-0"), stream("replica-1", count=19), stream(prompt=1), stream(prompt=1)]
    through = [stream("edge"), stream("edge", prompt=1, count=18)]
    result = judge(direct, through, wire=SPOKEN, edge_name="edge")
    assert result.findings == ()
    assert [note.partition(" prompts")[0] for note in result.notes] == ["1 of 2"]


def counted(*counts: int) -> Stream:
    usage = [json.dumps({"choices": [], "usage": {"completion_tokens": count}}) for count in counts]
    events = tuple(Event(data, 0.1 * number, number) for number, data in enumerate((*usage, DONE)))
    return replace(stream("edge"), events=events)


@pytest.mark.parametrize(
    ("counts", "sound"), [((1, 2, 4, 4), True), ((1, 3, 2), False), ((1, 2, 1, 2), False)]
)
def test_an_engines_count_tells_when_events_change_places(counts: tuple[int, ...], *, sound: bool) -> None:
    direct = [stream(), stream(count=19)]
    result = judge(direct, [counted(*counts)], wire=SPOKEN, edge_name="edge")
    assert any("count of tokens goes back" in finding for finding in result.findings) is not sound


def test_ids_times_and_usage_may_differ() -> None:
    def renamed(event: Event, name: str) -> Event:
        return (
            event
            if event.data == DONE
            else replace(event, data=json.dumps({**json.loads(event.data), "id": name}))
        )

    other = stream("edge")
    other = replace(other, events=tuple(renamed(event, "other") for event in other.events))
    assert judge([stream()], [other], wire=SPOKEN, edge_name="edge").findings == ()


def test_the_engines_logs_tell_how_they_were_spoken_to() -> None:
    logs = [
        (
            'INFO:     10.0.0.2:4711 - "POST /v1/chat/completions?verify-edge=abc HTTP/1.0" 200 OK\n'
            'INFO:     10.0.0.2:4712 - "POST /v1/chat/completions?verify-edge=other HTTP/1.1" 200 OK\n'
            'INFO:     10.0.0.9:4713 - "GET /metrics HTTP/1.1" 200 OK'
        ),
        '[2026-11-21 03:17:04] INFO:  127.0.0.1:0 - "POST /v1/chat/completions?verify-edge=abc HTTP/1.1" 200 OK',
    ]
    spoken = wire(logs, mark="abc")
    assert spoken == Wire(2, ("HTTP/1.0", "HTTP/1.1"))
    result = judge([stream()], [stream("edge")], wire=spoken, edge_name="edge")
    assert any("speaks HTTP/1.0" in finding for finding in result.findings)


def test_engines_that_log_nothing_are_noted_not_passed_over() -> None:
    result = judge([stream()], [stream("edge")], wire=wire([""], mark="abc"), edge_name="edge")
    assert result.findings == ()
    assert any("was not seen" in note for note in result.notes)


GOOD = "\n".join(f"    {demand.directive} {demand.value};" for demand in DEMANDS)


def test_the_edges_files_are_looked_at() -> None:
    assert examine({"a.conf": GOOD}) == ()
    for demand in DEMANDS:
        other = GOOD.replace(f"{demand.directive} {demand.value};", f"{demand.directive} other;")
        assert any(f"`{demand.directive} other`" in finding for finding in examine({"a.conf": other}))
        missing = GOOD.replace(f"{demand.directive} {demand.value};", "")
        assert any("is nowhere" in finding for finding in examine({"a.conf": missing}))
    overridden = examine({"a.conf": GOOD, "b.conf": "location / { proxy_buffering on; }"})
    assert overridden == (
        "b.conf: `proxy_buffering on`: tokens wait in a buffer for a client that reads slowly",
    )
    assert examine({"a.conf": f"{GOOD}\n# proxy_buffering on;"}) == ()
