"""Whole runs: the real command against a server on loopback, judged by its exit code and what it leaves on disk."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.loadtest.chat_bytes import event
from tests.loadtest.chat_server import MODEL, Manners, chat_server
from tests.loadtest.command import OPEN, Result, run, url
from tests.loadtest.scripted_server import END

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
