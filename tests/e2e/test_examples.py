"""Every example starts on a bare box with simulated engines, and serves what a client relies on."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from generator.cli.app import main_inner
from generator.errors import CheckError
from generator.examples.folder import file_of, names
from generator.host.packages import ensure_runtime
from generator.spec import load_spec
from tests.deployments import Deployment, deployed
from tests.e2e.namespaces import hosts
from tests.ports import free_ports

pytestmark = pytest.mark.host

TOGETHER = 3
"""So many start beside each other: an example mostly waits, for its engines' warm-up and a health check's second."""
PORTS = 16

OF_HOSTS = [name for name in names() if load_spec(file_of(name)).spec.nodes]
OF_ONE = [name for name in names() if name not in OF_HOSTS]
BATCHES = [OF_ONE[first : first + TOGETHER] for first in range(0, len(OF_ONE), TOGETHER)]

NETWORK = "10.211.78"


@pytest.fixture(scope="module")
def programs() -> None:
    """What the host runtime needs."""
    ensure_runtime("host", say=print)


@pytest.mark.parametrize("batch", BATCHES, ids="+".join)
def test_examples_start_serve_and_end(
    batch: Sequence[str], programs: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    ports = free_ports(PORTS * len(batch))
    # The path of a socket is below it, and has little room.
    folders = [tmp_path_factory.mktemp("ex") for _ in batch]
    made = [
        Deployment(folder, moved(name, folder=folder, ports=ports[place * PORTS :][:PORTS]))
        for place, (name, folder) in enumerate(zip(batch, folders, strict=True))
    ]
    with ThreadPoolExecutor(len(batch)) as pool:
        results = dict(zip(batch, pool.map(life, made), strict=True))
    assert results == {name: expected(example.spec) for name, example in zip(batch, made, strict=True)}


@pytest.mark.parametrize("name", OF_HOSTS)
def test_examples_of_two_hosts_start_serve_and_end(
    name: str, programs: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("ex")
    spec = moved(name, folder=folder, ports=free_ports(PORTS))
    with hosts(f"ex-{os.getpid()}", network=NETWORK) as both:
        nodes = [{"address": host.address} for host in both]
        made = Deployment(folder, {**spec, "nodes": nodes, "engine": "simulator", "runtime": "host"})
        place = ("--spec", str(made.write()), "--build", str(folder / "build"))
        try:
            begun = [
                host.begin("generator", "up", *place, "--node", str(rank)) for rank, host in enumerate(both)
            ]
            said = [process.communicate()[0] for process in begun]
            assert [process.returncode for process in begun] == [0, 0], "".join(said)
            for asked in ("smoke", "cache-check"):
                status, answer = both[0].run("generator", asked, *place)
                assert status == 0, answer
        finally:
            down = [
                host.run("generator", "down", *place, "--node", str(rank)) for rank, host in enumerate(both)
            ]
        assert [status for status, _ in down] == [0, 0], down


def moved(name: str, *, folder: Path, ports: Sequence[int]) -> dict[str, Any]:
    """The example's spec at ports and files of the test; its engines take the ports from the fourth on."""
    spec: dict[str, Any] = YAML(typ="safe").load(file_of(name))
    spec |= {"port": ports[0], "replica_port": ports[3], "simulator": {"startup_seconds": 0.1}}
    spec["monitoring"] = {"prometheus_port": ports[1], "edge_metrics_port": ports[2]}
    spec["router"] = {**spec.get("router", {}), "port": ports[-1], "metrics_port": ports[-2]}
    if spec.get("topology") == "disaggregated":
        spec["disaggregation"] = {**spec.get("disaggregation", {}), "bootstrap_port": ports[-3]}
    return spec | ({"api_keys_file": str(folder / "keys")} if "api_keys_file" in spec else {})


def life(made: Deployment) -> dict[str, int]:
    """Verb -> exit status."""
    with deployed(made):
        keys = {"keys": verb(made, "keys", "add", "alice")} if "api_keys_file" in made.spec else {}
        up = verb(made, "up", "--engine", "simulator", "--runtime", "host")
        return {**keys, "up": up, "smoke": verb(made, "smoke"), "cache-check": verb(made, "cache-check")}


def expected(spec: dict[str, Any]) -> dict[str, int]:
    """All is well, but that a repeated prompt meets another replica's cache where nobody looks at prompts."""
    keys = {"keys": 0} if "api_keys_file" in spec else {}
    scattered = spec.get("routing") == "least_conn" and spec.get("replicas") != 1
    return {**keys, "up": 0, "smoke": 0, "cache-check": CheckError.exit_code if scattered else 0}


def verb(made: Deployment, *words: str) -> int:
    """In this process: two dozen examples would otherwise spend their time on starting Python."""
    place = ["--spec", str(made.write()), "--build", str(made.folder / "build")]
    try:
        return main_inner([*words, *place])
    except CheckError as error:
        return error.exit_code
