"""Examples that take several hosts start too: hosts are network namespaces here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from generator.examples.folder import file_of, names
from generator.host.packages import ensure_runtime
from generator.spec import load_spec
from tests.deployments import Deployment
from tests.e2e.moved_example import example_ports, moved
from tests.e2e.namespaces import Host, hosts

pytestmark = pytest.mark.host

NETWORK = "10.211.78"
OF_TWO_HOSTS = [name for name in names() if load_spec(file_of(name)).spec.nodes]


@pytest.mark.parametrize("name", OF_TWO_HOSTS)
def test_an_example_starts_serves_and_ends(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    ensure_runtime("host", say=print)
    folder = tmp_path_factory.mktemp("ex")
    with hosts(f"ex-{os.getpid()}", network=NETWORK) as both:
        place = written(name, folder, both)
        try:
            begun = [
                host.begin("generator", "up", *place, "--node", str(rank)) for rank, host in enumerate(both)
            ]
            said = [process.communicate()[0] for process in begun]
            assert [process.returncode for process in begun] == [0, 0], "".join(said)
            status, answer = both[0].run("generator", "smoke", *place)
            assert status == 0, answer
        finally:
            down = [
                host.run("generator", "down", *place, "--node", str(rank)) for rank, host in enumerate(both)
            ]
        assert [status for status, _ in down] == [0, 0], down


def written(name: str, folder: Path, both: tuple[Host, Host]) -> tuple[str, ...]:
    """The example for these hosts, as options of a verb."""
    spec = moved(name, folder=folder, ports=example_ports())
    nodes = [{"address": host.address} for host in both]
    made = Deployment(folder, {**spec, "nodes": nodes, "engine": "simulator", "runtime": "host"})
    return "--spec", str(made.write()), "--build", str(folder / "build")
