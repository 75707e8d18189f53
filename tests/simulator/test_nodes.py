"""One server over several processes: they meet, rank 0 serves, and they end together."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.engines.server import free_port
from tests.eventually import eventually
from tests.simulator.running import Running, await_status, simulator

SHARE = ("--tp-size", "8", "--pp-size", "2", "--nnodes", "2")


def flags(rank: int, meeting: int) -> tuple[str, ...]:
    return (*SHARE, "--node-rank", str(rank), "--dist-init-addr", f"127.0.0.1:{meeting}")


@contextmanager
def pair(folder: Path) -> Iterator[tuple[Running, Running]]:
    """Rank 0, which needs the other to get ready, and rank 1."""
    meeting = free_port()
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                simulator(*flags(rank, meeting), log=folder / f"{rank}.log", wait="/health" if rank else "")
            )
            for rank in (0, 1)
        ]
        await_status(f"{started[0].url}/ready", started[0])
        yield started[0], started[1]


def test_rank_0_serves_and_the_other_is_only_healthy(tmp_path: Path) -> None:
    with pair(tmp_path) as (first, second):
        assert first.chat().status_code == 200
        assert httpx.get(f"{second.url}/health").status_code == 200
        assert second.chat().status_code == 404


def test_nobody_is_ready_before_all_are_there(tmp_path: Path) -> None:
    with simulator(*flags(0, free_port()), log=tmp_path / "log", wait="") as first:
        eventually(lambda: "Init torch distributed begin" in first.log.read_text(), "it does not begin")
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{first.url}/health")


def test_a_node_that_does_not_come_ends_the_start(tmp_path: Path) -> None:
    few = (*flags(0, free_port()), "--dist-timeout", "1")
    with simulator(*few, log=tmp_path / "log", wait="") as first:
        assert first.process.wait(timeout=30) == 1
        assert "1 of 2 nodes came" in first.log.read_text()


def test_the_others_end_with_rank_0_and_not_on_a_signal(tmp_path: Path) -> None:
    with pair(tmp_path) as (first, second):
        second.process.send_signal(signal.SIGTERM)
        assert first.chat().status_code == 200
        assert second.process.poll() is None
        first.process.send_signal(signal.SIGTERM)
        assert first.process.wait(timeout=30) == 0
        assert second.process.wait(timeout=30) == 0


def test_rank_0_ends_when_another_is_lost(tmp_path: Path) -> None:
    with pair(tmp_path) as (first, second):
        second.process.kill()
        assert first.process.wait(timeout=30) == 1


def test_a_share_that_the_real_server_refuses_is_refused(tmp_path: Path) -> None:
    odd = ("--tp-size", "3", "--nnodes", "2", "--dist-init-addr", "127.0.0.1:1")
    with simulator(*odd, log=tmp_path / "log", wait="") as first:
        assert first.process.wait(timeout=30) == 1
        assert "tp_size must be divisible by number of nodes" in first.log.read_text()


@pytest.mark.parametrize(
    ("told", "why"),
    [
        (("--nnodes", "4"), "rank 1 was told otherwise: nnodes 4 is 2 here"),
        (("--tp-size", "4"), "rank 1 was told otherwise: tp_size 4 is 8 here"),
        (("--node-rank", "2"), "there is no rank 2 of 2"),
    ],
)
def test_a_node_that_was_told_otherwise_is_refused_and_both_say_why(
    told: tuple[str, ...], why: str, tmp_path: Path
) -> None:
    meeting = free_port()
    with (
        simulator(*flags(0, meeting), log=tmp_path / "0.log", wait="") as first,
        simulator(*flags(1, meeting), *told, log=tmp_path / "1.log", wait="") as other,
    ):
        assert other.process.wait(timeout=30) == 1
        assert f"127.0.0.1:{meeting} refuses this node: {why}" in other.log.read_text()
        assert f"A node was refused: {why}" in first.log.read_text()
        with simulator(*flags(1, meeting), log=tmp_path / "2.log", wait="/health"):
            await_status(f"{first.url}/ready", first)
