"""The live view's numbers, and how they read."""

from __future__ import annotations

import io
from dataclasses import replace

import pytest
from rich.console import Console

from loadtest.profile import Profile, load
from loadtest.record import RequestRecord
from loadtest.run.live import Live
from loadtest.run.trail import Trail, rows
from loadtest.run.view import line, panel, view
from tests.loadtest.test_record import REQUEST

PROFILE: Profile = load("chat", changes={"warmup": 2, "duration": 8})


def record(**changes: object) -> RequestRecord:
    return replace(REQUEST, **changes)  # type: ignore[arg-type]


def test_only_the_last_ten_seconds_are_in_the_window() -> None:
    live = Live()
    live.take(record(chunks=(500_000, 1000), first=1.5), at=1.0)
    live.take(record(chunks=(100_000, 1000), first=1.1), at=20.0)
    snapshot = live.snapshot(at=21.0)
    assert snapshot.finished == 2
    assert snapshot.request_rate == pytest.approx(0.1)
    assert snapshot.ttft.p99 == pytest.approx(1.1 - REQUEST.sent)


def test_errors_count_and_do_not_enter_latencies() -> None:
    live = Live()
    live.take(record(error="5xx", first=None, chunks=()), at=1.0)
    live.take(record(cached_tokens=6), at=1.0)
    live.take_state("w-0", in_flight=3)
    live.take_state("w-1", in_flight=4)
    snapshot = live.snapshot(at=2.0)
    assert snapshot.errors == (("5xx", 1),)
    assert snapshot.in_flight == 7
    assert snapshot.cached_ratio == 0.5
    assert snapshot.replicas == (("replica-0", 1),)
    assert snapshot.output_rate == pytest.approx(1.0)


def test_the_warm_up_is_no_lateness() -> None:
    live = Live()
    live.take(record(warmup=True, sent=9.0), at=1.0)
    live.take(record(), at=1.0)
    assert live.lateness == [pytest.approx(0.000123)]


def test_a_line_says_the_numbers_and_the_errors() -> None:
    live = Live()
    live.take(record(), at=4.0)
    live.take(record(error="429", first=None, chunks=()), at=4.0)
    text = line(live.snapshot(at=5.0), profile=PROFILE)
    assert text.startswith("5/10 s  2 done, 0 open  TTFT 100 / 100 ms  ITL 200 / 200 ms")
    assert text.endswith("1 x 429")


def test_before_the_first_answer_there_is_nothing_to_say() -> None:
    assert "TTFT - / - ms" in line(Live().snapshot(at=0.5), profile=PROFILE)


def test_nobody_watching_gets_a_line_every_ten_seconds() -> None:
    out = io.StringIO()
    with view(Console(file=out), profile=PROFILE, title="x") as shown:
        for tenth in range(250):
            shown.show(Live().snapshot(at=tenth / 10))
    assert [text.split()[0] for text in out.getvalue().splitlines()] == ["10/10", "20/10"]


@pytest.mark.parametrize(
    ("at", "said"),
    [(1.0, "warming up, 1 s (not counted)"), (5.0, "3 of 8 s"), (11.0, "waiting for the last answers")],
)
def test_a_terminal_is_told_what_phase_it_is(at: float, said: str) -> None:
    console = Console(file=io.StringIO(), record=True, width=120)
    console.print(panel(Live().snapshot(at=at), profile=PROFILE, title="chat against http://x"))
    assert said in console.export_text()


def test_the_web_tab_has_a_point_a_second_and_all_rows() -> None:
    trail, live = Trail(), Live()
    live.take(record(), at=0.1)
    for tenth in range(31):
        trail.show(live.snapshot(at=tenth / 10))
    assert [point["at"] for point in trail.points] == [0.0, 1.0, 2.0, 3.0]
    assert trail.points[-1]["ttft_p50"] == 100.0
    assert len(rows(trail.latest)) == 6
    assert rows(None) == []
