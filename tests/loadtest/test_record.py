"""Raw records survive the disk, and what is no record is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadtest.record import (
    REQUESTS_FILE,
    RUN_FILE,
    Generator,
    RecordError,
    RequestRecord,
    RunRecord,
    load_run,
    read_requests,
)

REQUEST = RequestRecord(
    id="r-0-0",
    scenario="chat",
    session="s",
    turn=0,
    request_class="chat",
    scheduled=1.0,
    sent=1.000123,
    first=1.100123,
    last=1.300123,
    done=1.3002,
    chunks=(100_000, 200_000),
    reasoning_first=None,
    prompt_tokens=12,
    completion_tokens=2,
    cached_tokens=0,
    requested_tokens=2,
    planned_prompt_tokens=12,
    status=200,
    error=None,
    detail="",
    replica="replica-0",
    request_id="abc",
    streamed=True,
    warmup=False,
    worker=0,
)
RUN = RunRecord(
    started="2026-11-21T00:00:00+00:00",
    duration=60.0,
    scenario="chat",
    profile={"about": "x"},
    seed=1,
    url="http://127.0.0.1:8080",
    model="m",
    generator=Generator(0.0001, lateness_p99=0.001, cpu_seconds=2.0, workers=1),
    versions={"python": "3.11"},
    plan_digest="",
    counters={"before": {"replica-0": {"a": 1.0}}},
)


def test_a_request_survives_its_line() -> None:
    line = REQUEST.to_line()
    assert "\n" not in line
    assert RequestRecord.from_line(line) == REQUEST
    assert '"class":"chat"' in line


def test_a_run_survives_its_folder(tmp_path: Path) -> None:
    (tmp_path / RUN_FILE).write_text(RUN.to_json())
    (tmp_path / REQUESTS_FILE).write_text(f"{REQUEST.to_line()}\n{REQUEST.to_line()}\n")
    assert load_run(tmp_path) == (RUN, (REQUEST, REQUEST))


def test_a_last_line_that_a_crash_cut_short_is_left_out() -> None:
    line = REQUEST.to_line()
    assert list(read_requests([line + "\n", line[:-20]])) == [REQUEST]


def test_a_broken_line_in_the_middle_is_told() -> None:
    line = REQUEST.to_line()
    with pytest.raises(RecordError, match="no JSON"):
        list(read_requests([line[:-20], line]))


@pytest.mark.parametrize(
    ("text", "said"),
    [("{}", "version None"), ('{"v":9}', "version 9"), ("[1]", "version None"), ('{"v":1}', "lacks 'id'")],
)
def test_what_is_no_record_is_told(text: str, said: str) -> None:
    with pytest.raises(RecordError, match=said):
        RequestRecord.from_line(text)
