"""Whole runs: the real command against a server on loopback, judged by its exit code and what it leaves on disk."""

from __future__ import annotations

import os
import select
import signal
import time
from collections import Counter
from pathlib import Path

import httpx
import pytest

from loadtest.record import CUT, REQUESTS_FILE
from tests.eventually import eventually
from tests.loadtest.chat_bytes import event
from tests.loadtest.chat_server import MODEL, Manners, chat_server
from tests.loadtest.command import OPEN, Result, finished, run, started
from tests.loadtest.scripted_server import END, Server
from tests.ports import free_port

CLOSED = """
about: a test
scenario:
  kind: conversation
  turns: {kind: fixed, tokens: 3}
  first: {kind: fixed, tokens: 20}
  later: {kind: fixed, tokens: 5}
  output: {kind: fixed, tokens: 4}
arrivals: {kind: closed, users: 3}
duration: 1.5
warmup: 0.5
drain: 5
lateness_limit: 30
"""


def url(port: int) -> str:
    return f"--url=http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def open_run(tmp_path_factory: pytest.TempPathFactory) -> Result:
    with chat_server(Manners()) as server:
        return run(tmp_path_factory.mktemp("open"), url(server.port), "--workers=2")


def test_an_open_loop_sends_every_arrival_once_from_all_workers(open_run: Result) -> None:
    assert open_run.code == 0, open_run.output
    run_record, records = open_run.records()
    assert Counter(record.id.split("-")[-2] for record in records) == Counter(map(str, range(40)))
    assert sorted(record.scheduled for record in records) == [number / 20 for number in range(40)]
    assert {record.worker for record in records} == {0, 1}
    assert all(record.sent >= record.scheduled for record in records)
    assert (run_record.ended, run_record.model, run_record.generator.workers) == ("complete", MODEL, 2)
    for name in ("report.html", "report.md", "junit.xml", "summary.json"):
        assert (open_run.folder / name).stat().st_size > 0


def test_prompts_have_the_length_that_was_planned(open_run: Result) -> None:
    run_record, records = open_run.records()
    assert run_record.prompt_lengths == "exact, by the engine's /v1/tokenize"
    assert {(record.planned_prompt_tokens, record.prompt_tokens) for record in records} == {(40, 40)}


@pytest.mark.parametrize(("request_fields", "wanted"), [("ignore_eos: true", 3), ("temperature: 0.0", None)])
def test_only_answers_that_may_not_end_before_have_a_length_to_miss(
    tmp_path: Path, request_fields: str, wanted: int | None
) -> None:
    with chat_server(Manners(tokens=1)) as server:
        result = run(tmp_path, url(server.port), profile=f"{OPEN}request: {{{request_fields}}}\n")
    assert result.code == 0, result.output
    assert {record.requested_tokens for record in result.records()[1]} == {wanted}
    assert ("answers differ from the length" in result.output) == (wanted is not None)


def test_a_closed_loop_repeats_the_conversation_and_flags_its_warm_up(tmp_path: Path) -> None:
    with chat_server(Manners()) as server:
        result = run(tmp_path, url(server.port), profile=CLOSED)
    assert result.code == 0, result.output
    _, records = result.records()
    assert {record.turn for record in records} == {0, 1, 2}
    prompts = [{record.prompt_tokens or 0 for record in records if record.turn == turn} for turn in range(3)]
    assert max(prompts[0]) < min(prompts[1])
    assert max(prompts[1]) < min(prompts[2])
    assert {record.warmup for record in records} == {True, False}
    assert all(record.warmup == (record.scheduled < 0.5) for record in records)
    assert all(record.scheduled < 2.0 for record in records)


def test_a_stall_of_the_server_shows_in_an_open_loop(tmp_path: Path) -> None:
    with chat_server(Manners(ttft=1.5)) as server:
        result = run(tmp_path, url(server.port))
    assert result.code == 0, result.output
    _, records = result.records()
    assert len(records) == 40, "the arrivals did not wait for the server"
    assert all(record.first and record.first - record.scheduled >= 1.5 for record in records)


def test_the_same_seed_sends_the_same_requests(tmp_path: Path) -> None:
    with chat_server(Manners()) as server:
        bodies = []
        for seed in ("3", "3", "4"):
            server.requests.clear()
            run(tmp_path, url(server.port), f"--seed={seed}")
            chats = [request for request in server.requests if b'max_tokens":3' in request]
            bodies.append(sorted(request.partition(b"\r\n\r\n")[2] for request in chats))
    assert bodies[0] == bodies[1] != bodies[2]


def test_a_missed_slo_is_exit_code_1_and_says_what_was_missed(tmp_path: Path) -> None:
    (tmp_path / "strict.yaml").write_text("name: strict\nlatency_ms: {ttft: 1}\n")
    with chat_server(Manners(ttft=0.05)) as server:
        result = run(tmp_path, url(server.port), "--slo=strict.yaml")
    assert result.code == 1
    assert "Misses the strict SLO" in result.output


def test_a_generator_that_is_too_late_makes_the_run_invalid(tmp_path: Path) -> None:
    with chat_server(Manners()) as server:
        result = run(tmp_path, url(server.port), profile=OPEN.replace("limit: 30", "limit: 0.000001"))
    assert result.code == 3
    assert "This run is not valid" in result.output
    assert result.records()[0].generator.valid == "no"


def test_streams_that_end_without_done_fail_the_run_and_keep_their_records(tmp_path: Path) -> None:
    with chat_server(Manners(end=END)) as server:
        result = run(tmp_path, url(server.port))
    assert result.code == 1
    assert "truncated" in result.output
    _, records = result.records()
    assert {(record.error, len(record.chunks)) for record in records} == {("truncated", 3)}


def test_refusals_do_not_make_a_closed_loop_hammer(tmp_path: Path) -> None:
    full = (
        event({"error": {"message": "The request queue is full.", "code": 503}})
        + event("[DONE]")
        + b"0\r\n\r\n"
    )
    with chat_server(Manners(end=full)) as server:
        result = run(tmp_path, url(server.port), profile=CLOSED)
    assert result.code == 1
    _, records = result.records()
    assert len(records) <= 9, "three users, two seconds, a second's pause after each refusal"
    assert {record.error for record in records} == {"5xx"}


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


def test_a_dead_url_is_told(tmp_path: Path) -> None:
    result = run(tmp_path, "--url=http://127.0.0.1:9")
    assert result.code == 5
    assert "http://127.0.0.1:9 cannot be reached: [Errno 111] Connection refused" in result.output


def test_a_url_without_its_scheme_is_told(tmp_path: Path) -> None:
    result = run(tmp_path, "--url=localhost:9")
    assert result.code == 5
    assert "'localhost:9' is no URL" in result.output
    assert "hint: it begins with http:// or https://" in result.output


@pytest.mark.parametrize(("option", "others"), [("--bind", []), ("--web-bind", ["--web"])])
def test_an_address_that_is_taken_is_told(tmp_path: Path, option: str, others: list[str]) -> None:
    with chat_server(Manners()) as server:
        result = run(tmp_path, url(server.port), f"{option}=127.0.0.1:{server.port}", *others)
    assert result.code == 6, result.output
    assert f"hint: give another {option} HOST:PORT" in result.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--model=other"], f"does not serve 'other'\nhint: it serves {MODEL}"),
        (["--users=2", "--rate=2"], "USERS= is a closed loop, RATE= an open one"),
        (["--slo=chatt"], "did you mean chat?"),
        (["--api-key-file=none.txt"], "API key file none.txt: No such file or directory"),
    ],
)
def test_wrong_options_are_told_before_any_load(tmp_path: Path, options: list[str], said: str) -> None:
    with chat_server(Manners()) as server:
        result = run(tmp_path, url(server.port), *options)
    assert result.code in {2, 5}
    assert said in result.output
    assert not any(b"POST /v1/chat" in request for request in server.requests)


def test_a_trace_that_is_none_is_told_before_any_load(tmp_path: Path) -> None:
    (tmp_path / "trace.jsonl").write_text('{"timestamp": 0, "input_length": 3}\n')
    profile = "about: x\nscenario: {kind: trace, file: trace.jsonl}\narrivals: {kind: trace}\n"
    with chat_server(Manners()) as server:
        result = run(tmp_path, url(server.port), profile=profile)
    assert result.code == 2, result.output
    assert "trace.jsonl:1: no entry of a trace: KeyError('output_length')" in result.output
    assert "hint: each line is an object with timestamp (ms)" in result.output
    assert not server.requests


def test_a_key_is_read_from_its_file_and_a_wrong_one_is_told(tmp_path: Path) -> None:
    (tmp_path / "right").write_text("# tenants\nteam-a:right-key\n")
    (tmp_path / "wrong").write_text("wrong-key\n")
    with chat_server(Manners(key="right-key")) as server:
        wrong = run(tmp_path, url(server.port), "--api-key-file=wrong")
        right = run(tmp_path, url(server.port), "--api-key-file=right")
    assert (wrong.code, right.code) == (5, 0), right.output
    assert "does not accept the API key" in wrong.output
    assert "right-key" not in (right.folder / "run.json").read_text() + right.output
