"""Faults on demand, as a client of the server sees them."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.simulator.running import CHAT, Running, await_status, body, simulator


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    log = tmp_path_factory.mktemp("simulator") / "log"
    with simulator("--sim-decode-seconds", "0.002", log=log) as running:
        yield running


@pytest.fixture
def server(shared: Running) -> Iterator[Running]:
    """All is well before and after."""
    yield shared
    httpx.delete(f"{shared.control}/fault").raise_for_status()


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_errors_strike_the_next_requests_only(server: Running, status: int) -> None:
    server.fault(kind="error", status=status, requests=2).raise_for_status()
    answers = [server.chat() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert answers[0].json()["code"] == status


def test_probes_are_spared(server: Running) -> None:
    server.fault(kind="error").raise_for_status()
    assert httpx.get(f"{server.url}/ready").status_code == 200
    assert server.chat().status_code == 500


def test_a_connection_is_reset_before_the_head(server: Running) -> None:
    server.fault(kind="reset").raise_for_status()
    with pytest.raises(httpx.ReadError):
        server.chat()
    assert server.chat().status_code == 200


def test_a_connection_is_reset_within_the_stream(server: Running) -> None:
    server.fault(kind="reset", when="stream", events=4).raise_for_status()
    with httpx.stream("POST", f"{server.url}{CHAT}", json=body(500, stream=True)) as answer:
        assert answer.status_code == 200
        with pytest.raises(httpx.ReadError):
            answer.read()


def test_a_stalled_server_takes_requests_and_sends_nothing(server: Running) -> None:
    server.fault(kind="stall", seconds=60).raise_for_status()
    with pytest.raises(httpx.ReadTimeout):
        server.chat(timeout=0.5)
    assert httpx.get(f"{server.url}/v1/models").status_code == 200
    httpx.delete(f"{server.control}/fault").raise_for_status()
    assert server.chat().status_code == 200


def test_a_stall_ends_by_itself(server: Running) -> None:
    server.fault(kind="stall", seconds=0.3).raise_for_status()
    assert server.chat().status_code == 200


def test_a_zombie_calls_itself_healthy(server: Running) -> None:
    server.fault(kind="zombie", seconds=60).raise_for_status()
    assert httpx.get(f"{server.url}/health").status_code == 200
    with pytest.raises(httpx.ReadTimeout):
        server.chat(timeout=0.5)


def test_the_control_port_tells_what_is_broken(server: Running) -> None:
    server.fault(kind="slow", factor=5, seconds=60).raise_for_status()
    state = httpx.get(f"{server.control}/fault").json()
    assert state["lasting"] == {"kind": "slow", "factor": 5.0, "seconds": 60.0}
    assert httpx.delete(f"{server.control}/fault").json()["lasting"] is None


@pytest.mark.parametrize(
    "fault", [{"kind": "nonsense"}, {"kind": "slow", "factor": 0}, {"kind": "stall", "for": 3}]
)
def test_a_fault_that_is_none_is_refused(server: Running, fault: dict[str, object]) -> None:
    assert server.fault(**fault).status_code == 400


def test_a_start_that_is_over_cannot_be_made_slower(server: Running) -> None:
    assert server.fault(kind="slow-start", seconds=5).status_code == 409


@pytest.mark.parametrize(("code", "seen"), [(137, -signal.SIGKILL), (0, 0)])
def test_a_crash_ends_streams_without_the_end_mark(tmp_path: Path, code: int, seen: int) -> None:
    with (
        simulator("--sim-decode-seconds", "0.01", log=tmp_path / "log") as server,
        httpx.stream("POST", f"{server.url}{CHAT}", json=body(5000, stream=True)) as answer,
    ):
        lines = answer.iter_lines()
        assert next(lines).startswith("data: {")
        with pytest.raises(httpx.TransportError):
            server.fault(kind="crash", code=code)
        rest: list[str] = []
        with pytest.raises(httpx.RemoteProtocolError):
            rest.extend(lines)
        assert "data: [DONE]" not in rest
        assert server.process.wait(timeout=5) == seen


def test_a_slow_start_keeps_the_port_closed(tmp_path: Path) -> None:
    with simulator("--sim-startup-seconds", "0.5", log=tmp_path / "log", wait="") as server:
        await_status(f"{server.control}/fault", server)
        server.fault(kind="slow-start", seconds=1.5).raise_for_status()
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{server.url}/ready")
        await_status(f"{server.url}/ready", server)
        assert "Load weight end" in server.log.read_text()
