"""Sweeps: the knee, the most goodput, one page."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote

import pytest

from loadtest.conclude import conclude
from loadtest.derive.summary import Summary, summarise
from loadtest.record import RecordError
from loadtest.slo.model import Slo
from loadtest.sweep.analysis import Measured, curves
from loadtest.sweep.conclude import conclude_sweep
from loadtest.sweep.record import Step, SweepRecord
from tests.loadtest.made_runs import RUN, busy_run, streamed

SLO = Slo(name="quick", latency_ms={"ttft": 250})


def at(rate: float, *, capacity: float = 20.0, setting: str = "") -> Measured:
    """A run at a rate: waits grow without bound towards the capacity, as in any queue."""
    return Measured(setting=setting, load=rate, summary=queue(rate, capacity=capacity))


def queue(rate: float, *, capacity: float) -> Summary:
    """Requests at a rate, each with a wait of 100 ms / (1 - rate / capacity)."""
    done = min(rate, capacity * 0.99)
    wait = round(100_000 / (1 - done / capacity))
    records = tuple(streamed(sent=one / done, gaps=(wait, 10_000)) for one in range(200))
    run = replace(RUN, warmup=0.0, duration=200 / done)
    return summarise(run, records=records, limits=SLO.limits())


def test_the_knee_of_a_queue_is_at_half_its_capacity() -> None:
    (curve,) = curves([at(rate) for rate in (2, 6, 10, 14, 18)], slo=SLO)
    assert curve.knee
    assert curve.knee.load == 10


def test_a_knee_that_was_not_passed_is_not_claimed() -> None:
    (curve,) = curves([at(rate) for rate in (1, 2, 3, 4)], slo=SLO)
    assert curve.knee is None


def test_the_most_goodput_is_that_of_the_last_load_within_the_slo() -> None:
    (curve,) = curves([at(rate) for rate in (2, 6, 10, 14, 18)], slo=SLO)
    assert [point.status for point in curve.points] == ["pass", "pass", "pass", "fail", "fail"]
    assert curve.best
    assert curve.best.load == 10


def test_settings_are_curves_of_their_own_in_their_order() -> None:
    runs = [
        at(rate, capacity=capacity, setting=name)
        for name, capacity in (("big", 40), ("all", 10))
        for rate in (2, 8, 4)
    ]
    found = curves(runs, slo=SLO)
    assert [(curve.setting, [point.load for point in curve.points]) for curve in found] == [
        ("big", [2, 4, 8]),
        ("all", [2, 4, 8]),
    ]


def test_repeats_are_one_point_with_a_margin() -> None:
    repeats = [
        Measured("", 5.0, queue(rate, capacity=20), folder=f"5_{number}")
        for number, rate in enumerate((5.0, 5.5, 4.5))
    ]
    ((point,),) = (curve.points for curve in curves(repeats, slo=SLO))
    assert point.folders == ("5_0", "5_1", "5_2")
    assert point.requests.margin is not None
    assert point.requests.margin > 0.1


def test_one_bad_repeat_spoils_a_point() -> None:
    repeats = [Measured("", 5.0, queue(rate, capacity=20)) for rate in (5.0, 18.0)]
    ((point,),) = (curve.points for curve in curves(repeats, slo=SLO))
    assert point.status == "fail"


@pytest.fixture
def sweep_folder(tmp_path: Path) -> Path:
    """A sweep of two settings over two rates."""
    steps = []
    for setting, slow in (("least_conn", 2.5), ("affinity", 1.0)):
        for rate in (4.0, 8.0):
            path = tmp_path / f"{setting}-{rate:g}"
            path.mkdir()
            run, records = busy_run(rate=rate, duration=12, slow=slow)
            (path / "run.json").write_text(replace(run, model="tiny").to_json())
            (path / "requests.jsonl").write_text("".join(record.to_line() + "\n" for record in records))
            conclude(path, slo=SLO)
            steps.append(Step(path.name, rate, setting))
    (tmp_path / "sweep.json").write_text(SweepRecord("chat", SLO.name, "rate", tuple(steps)).to_json())
    return tmp_path


def test_a_sweep_folder_becomes_one_page_and_one_table(sweep_folder: Path) -> None:
    conclusion = conclude_sweep(sweep_folder, slo=Slo(name="quick", latency_ms={"ttft": 400}, error_rate=0.1))
    assert conclusion.exit_code == 0
    page, text = (sweep_folder / "report.html").read_text(), (sweep_folder / "report.md").read_text()
    for wanted in ("affinity", "least_conn", "most goodput", "chat on tiny"):
        assert wanted in page
        assert wanted in text
    assert page.count("<svg") == 8
    assert sum(line.startswith("| affinity") for line in text.splitlines()) == 2


def test_the_page_of_a_sweep_leads_to_the_reports_of_its_runs(sweep_folder: Path) -> None:
    conclude_sweep(sweep_folder, slo=SLO)
    links = re.findall(r'href="([^"]+)"', (sweep_folder / "report.html").read_text())
    assert [unquote(link).partition("-")[0] for link in links] == ["least_conn"] * 2 + ["affinity"] * 2
    assert all((sweep_folder / unquote(link)).is_file() for link in links)


def test_a_sweep_in_which_nothing_meets_the_slo_fails(sweep_folder: Path) -> None:
    conclusion = conclude_sweep(sweep_folder, slo=Slo(name="quick", latency_ms={"ttft": 1}))
    assert conclusion.exit_code == 1
    assert "No load meets the quick SLO" in (sweep_folder / "report.html").read_text()


def test_a_sweep_survives_its_file() -> None:
    sweep = SweepRecord("chat", "chat", "users", (Step("a", 4, ""), Step("b", 8, "tp2")))
    assert SweepRecord.from_json(sweep.to_json()) == sweep


@pytest.mark.parametrize("text", ["", "[]", '{"v": 7}', '{"v": 1, "scenario": "chat"}'])
def test_what_is_no_sweep_is_refused(text: str) -> None:
    with pytest.raises(RecordError):
        SweepRecord.from_json(text)


def test_a_sweep_stopped_before_its_first_run_says_so(tmp_path: Path) -> None:
    (tmp_path / "sweep.json").write_text(SweepRecord("chat", "chat", "rate", ()).to_json())
    with pytest.raises(RecordError, match="stopped before its first one ended"):
        conclude_sweep(tmp_path, slo=SLO)
