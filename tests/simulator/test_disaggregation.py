"""A prompt computed by one server, its answer by another: what each does, and when the other is missing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.ports import free_port
from tests.simulator.running import Running, simulator

METRICS = ("--enable-metrics", "--enable-cache-report")
DECODE = ("--disaggregation-mode", "decode")


@contextmanager
def pair(folder: Path) -> Iterator[tuple[Running, Running, dict[str, object]]]:
    """A prefill server, a decode server, and the address where they meet."""
    port = free_port()
    prefill = (*METRICS, "--disaggregation-mode", "prefill", "--disaggregation-bootstrap-port", str(port))
    with (
        simulator(*prefill, log=folder / "prefill") as first,
        simulator(*METRICS, *DECODE, log=folder / "decode") as second,
    ):
        yield first, second, {"bootstrap_host": "127.0.0.1", "bootstrap_port": port}


def ask(servers: tuple[Running, Running], meeting: dict[str, object], *, room: int) -> list[httpx.Response]:
    """What both answer to one request."""
    with ThreadPoolExecutor(2) as pool:
        asked = [pool.submit(each.chat, tokens=4, bootstrap_room=room, **meeting) for each in servers]
        return [each.result() for each in asked]


def count(server: Running, series: str) -> float:
    lines = httpx.get(f"{server.url}/metrics").text.splitlines()
    return sum(float(line.rpartition(" ")[2]) for line in lines if line.startswith(f"sglang:{series}{{"))


def test_the_prompt_is_computed_by_one_and_answered_by_the_other(tmp_path: Path) -> None:
    with pair(tmp_path) as (first, second, meeting), simulator(log=tmp_path / "unified") as alone:
        prefilled, decoded = ask((first, second), meeting, room=7)
        assert decoded.json()["choices"] == alone.chat(tokens=4).json()["choices"]
        assert prefilled.json()["usage"]["completion_tokens"] == 1


def test_a_repeated_prompt_is_found_by_the_first_and_told_by_the_second(tmp_path: Path) -> None:
    with pair(tmp_path) as (first, second, meeting):
        usages = [ask((first, second), meeting, room=room)[1].json()["usage"] for room in (1, 2)]
        found = [usage["prompt_tokens_details"]["cached_tokens"] for usage in usages]
        assert found[0] == 0
        assert found[1] > 0


def test_latencies_are_the_second_ones(tmp_path: Path) -> None:
    with pair(tmp_path) as (first, second, meeting):
        ask((first, second), meeting, room=1)
        series = ("time_to_first_token_seconds_count", "inter_token_latency_seconds_count")
        assert [count(first, name) for name in series] == [0, 0]
        assert [count(second, name) for name in series] == [1, 3]


def test_neither_serves_a_request_that_no_router_has_paired(tmp_path: Path) -> None:
    with pair(tmp_path) as (first, second, _):
        for server in (first, second):
            refused = server.chat()
            assert refused.status_code == 400
            assert "without bootstrap room id" in refused.json()["message"]


def test_an_answer_whose_prompt_does_not_come_is_an_error(tmp_path: Path) -> None:
    with simulator(*DECODE, log=tmp_path / "decode") as second:
        lost = second.chat(bootstrap_host="127.0.0.1", bootstrap_port=free_port(), bootstrap_room=1)
        assert lost.status_code == 500
        assert "Decode transfer failed" in lost.json()["message"]


@pytest.mark.parametrize(("mode", "outcome"), [("decode", "serves"), ("prefill", "ends")])
def test_nothing_to_transfer_is_for_decoding_alone(mode: str, outcome: str, tmp_path: Path) -> None:
    flags = ("--disaggregation-mode", mode, "--disaggregation-transfer-backend", "fake")
    if outcome == "serves":
        with simulator(*flags, log=tmp_path / "log") as server:
            assert server.chat().status_code == 200
    else:
        with simulator(*flags, log=tmp_path / "log", wait="") as server:
            assert server.process.wait(timeout=30) == 1
            assert "does not support 'fake'" in server.log.read_text()
