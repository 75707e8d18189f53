"""What is wrong is told with a hint, and before any load where it can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.loadtest.chat_server import MODEL, Manners, chat_server
from tests.loadtest.command import run, url


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
