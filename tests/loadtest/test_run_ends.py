"""How a run ends before its time: interrupts, workers and masters that die, the web UI's button."""

from __future__ import annotations

import os
import select
import signal
import time
from pathlib import Path

import httpx
import pytest

from loadtest.record import CUT, REQUESTS_FILE
from tests.eventually import eventually
from tests.loadtest.chat_server import Manners, chat_server
from tests.loadtest.command import OPEN, finished, started, url
from tests.loadtest.scripted_server import Server
from tests.ports import free_port


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_reports_what_was_measured(tmp_path: Path, number: signal.Signals) -> None:
    with (
        chat_server(Manners()) as server,
        started(tmp_path, url(server.port), profile=OPEN.replace("duration: 2", "duration: 600")) as process,
    ):
        eventually(lambda: _has_records(tmp_path), "no request was recorded")
        process.send_signal(number)
        result = finished(process, tmp_path)
    assert result.code == 130, result.output
    run_record, records = result.records()
    assert run_record.ended == "interrupted"
    assert run_record.duration < 600
    assert records
    assert (result.folder / "report.html").is_file()


def test_a_second_interrupt_does_not_cost_the_report(tmp_path: Path) -> None:
    slow = Manners(gap=30.0, counters="sglang:prompt_tokens_total 1.0\n")
    with (
        chat_server(slow) as server,
        started(tmp_path, url(server.port), profile=OPEN.replace("duration: 2", "duration: 600")) as process,
    ):
        eventually(lambda: _chats(server) > 3, "no request came")
        process.send_signal(signal.SIGINT)
        assert server.hung_up.wait(30)
        time.sleep(0.3)  # into the second in which the engines' counters settle
        process.send_signal(signal.SIGINT)
        result = finished(process, tmp_path)
    assert result.code in {3, 130}, result.output
    run_record, records = result.records()
    assert run_record.ended == "interrupted"
    assert run_record.counters["after"]["engine"] == {"sglang:prompt_tokens_total": 1.0}
    assert {record.detail for record in records} == {CUT}
    assert (result.folder / "report.html").is_file()


def _chats(server: Server) -> int:
    return sum(b"POST /v1/chat" in request for request in server.requests)


def test_a_worker_that_dies_ends_the_run_with_what_was_measured(tmp_path: Path) -> None:
    with (
        chat_server(Manners()) as server,
        started(tmp_path, url(server.port), profile=OPEN.replace("duration: 2", "duration: 600")) as process,
    ):
        eventually(lambda: _has_records(tmp_path), "no request was recorded")
        os.kill(_only_child(process.pid), signal.SIGKILL)
        result = finished(process, tmp_path)
    assert result.code == 3, result.output
    assert result.records()[0].ended_reason == "a worker process ended with -9"


def test_no_worker_outlives_its_master(tmp_path: Path) -> None:
    with (
        chat_server(Manners()) as server,
        started(tmp_path, url(server.port), profile=OPEN.replace("duration: 2", "duration: 600")) as process,
    ):
        eventually(lambda: _has_records(tmp_path), "no request was recorded")
        child = _only_child(process.pid)
        process.kill()
        process.wait()
        descriptor = os.pidfd_open(child)
        _wait_for_end(descriptor)


def _has_records(folder: Path) -> bool:
    return any(file.stat().st_size for file in folder.glob(f"build/loadtest/*/{REQUESTS_FILE}"))


def _only_child(process: int) -> int:
    (child,) = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return int(child)


def _wait_for_end(descriptor: int) -> None:
    ended, _, _ = select.select([descriptor], [], [], 30)
    os.close(descriptor)
    assert ended


def test_the_web_ui_shows_the_run_and_stops_it(tmp_path: Path) -> None:
    bind = f"127.0.0.1:{free_port()}"
    endless = OPEN.replace("duration: 2", "duration: 600")
    options = ("--web", f"--web-bind={bind}")
    with (
        chat_server(Manners()) as server,
        started(tmp_path, url(server.port), *options, profile=endless) as process,
    ):
        with httpx.Client(base_url=f"http://{bind}", trust_env=False) as browser:
            eventually(lambda: any(point["ttft_p50"] for point in _series(browser)), "the charts stay empty")
            page = browser.get("/").text
            table = browser.get("/stats/requests").json()
            assert browser.post("/stop").json()["success"]
        eventually(lambda: bool(list(tmp_path.glob("build/loadtest/*/report.html"))), "no report was written")
        process.send_signal(signal.SIGINT)
        result = finished(process, tmp_path)
    assert result.code == 130, result.output
    assert '"key": "llm"' in page
    assert "llm/charts.js" in page
    assert table["extended_stats"][0]["data"][0]["name"] == "Time to first token"
    assert table["stats"][-1]["name"] == "Aggregated"
    assert result.records()[0].ended == "interrupted"


def _series(browser: httpx.Client) -> list[dict[str, float | None]]:
    try:
        return list(browser.get("/llm/series").json())
    except httpx.TransportError:
        return []
