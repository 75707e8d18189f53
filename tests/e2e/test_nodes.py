"""One model over two hosts, which are network namespaces here: both come up, serve, and recover together."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from generator.host.packages import ensure_runtime
from tests.deployments import kill
from tests.e2e.namespaces import Host, hosts
from tests.eventually import eventually

pytestmark = pytest.mark.host

NETWORK = "10.211.77"


@dataclass(frozen=True)
class Pair:
    """Both hosts; they share a folder, as hosts share a file server."""

    hosts: tuple[Host, Host]
    folder: Path

    def words(self, verb: str, *, rank: int) -> tuple[str, ...]:
        place = ("--spec", str(self.folder / "deployment.yaml"), "--build", str(self.folder / "build"))
        return ("generator", verb, *place, "--node", str(rank))

    def run(self, verb: str, *, rank: int, more: tuple[str, ...] = ()) -> str:
        status, said = self.hosts[rank].run(*self.words(verb, rank=rank), *more)
        assert status == 0, said
        return said

    def up(self) -> tuple[str, str]:
        """Each waits for the other."""
        begun = [host.begin(*self.words("up", rank=rank)) for rank, host in enumerate(self.hosts)]
        first, second = (process.communicate()[0] for process in begun)
        assert [process.returncode for process in begun] == [0, 0], first + second
        return first, second

    def phases(self, *, rank: int) -> dict[str, str]:
        words = self.words("status", rank=rank)
        rows = json.loads(self.hosts[rank].run(*words, "--json")[1])["services"]
        return {row["service"]: row["phase"] for row in rows}


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    ensure_runtime("host", say=print)
    folder = tmp_path_factory.mktemp("nodes")
    spec: dict[str, Any] = {
        "name": "nodes",
        "engine": "simulator",
        "runtime": "host",
        "tensor_parallel_size": 8,
        "pipeline_parallel_size": 2,
        "startup_timeout": 180,
        "nodes": [{"address": f"{NETWORK}.1"}, {"address": f"{NETWORK}.2", "interface": "cable"}],
    }
    YAML().dump(spec, folder / "deployment.yaml")
    with hosts(f"sglbox-{os.getpid()}", network=NETWORK) as both:
        made = Pair(both, folder)
        try:
            yield made
        finally:
            for rank in (0, 1):
                if (folder / f"build/nodes/node-{rank}/plan.json").exists():
                    made.run("down", rank=rank, more=("--volumes",))


@pytest.fixture(scope="module")
def said(pair: Pair) -> tuple[str, str]:
    return pair.up()


def test_a_host_that_is_another_node_is_told_so(pair: Pair) -> None:
    status, said = pair.hosts[1].run(*pair.words("up", rank=0))
    assert status == 5, said
    assert f"this host does not have {NETWORK}.1, the address of node-0" in said
    assert "NODE=1" in said


def test_both_come_up_and_the_first_one_serves(said: tuple[str, str]) -> None:
    first, second = said
    assert "a chat request was answered by replica-0" in first
    assert f"clients go to {NETWORK}.1" in second


def test_the_second_runs_its_part_of_the_engine_and_nothing_else(pair: Pair, said: tuple[str, str]) -> None:
    assert pair.phases(rank=1) == {"replica-0": "ready"}
    assert set(pair.phases(rank=0)) == {"replica-0", "edge", "prometheus"}


def test_a_second_up_does_nothing(pair: Pair, said: tuple[str, str]) -> None:
    assert all("nothing to do" in output for output in pair.up())


def test_when_one_part_dies_the_whole_comes_back(pair: Pair, said: tuple[str, str]) -> None:
    kill(pair.folder / "build/nodes/node-1", "replica-0")
    eventually(lambda: pair.phases(rank=0)["replica-0"] != "ready", "rank 0 does not notice")
    eventually(
        lambda: {pair.phases(rank=rank)["replica-0"] for rank in (0, 1)} == {"ready"},
        "they are not back together",
        seconds=120,
    )
