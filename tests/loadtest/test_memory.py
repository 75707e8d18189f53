"""What processes hold, asked of the real operating system."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from loadtest.run.memory import ProcessMemory, reader, size
from loadtest.run.target import from_url
from tests.loadtest.chat_server import Manners, chat_server
from tests.loadtest.command import OPEN, run

MIB = 2**20
HOLDER = """
import os, socket, sys
held, sockets = [bytearray(b"x") * (32 << 20)], socket.create_server(("127.0.0.1", 0))
print(sockets.getsockname()[1], flush=True)
if os.fork() == 0:
    held = []
    held.append(bytearray(b"x") * int(sys.argv[1]))
    os.write(1, b"child\\n")
for line in sys.stdin:
    pass
"""


@pytest.fixture
def holder() -> Iterator[int]:
    """The port of a process that holds 32 MiB, whose child holds 64 MiB more and shares its socket."""
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(64 * MIB)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            port = int(process.stdout.readline())
            assert process.stdout.readline() == "child\n"
            yield port
        finally:
            process.communicate(timeout=20)  # both end when their input does


def test_children_count_with_the_process_that_listens(holder: int) -> None:
    held = ProcessMemory({"replica-0": holder, "replica-1": 1})()
    assert held.keys() == {"replica-0"}
    assert 96 * MIB < held["replica-0"] < 256 * MIB


def test_a_port_where_nobody_listens_says_nothing() -> None:
    assert ProcessMemory({"replica-0": 1})() == {}


def test_a_server_elsewhere_is_not_looked_for() -> None:
    assert reader(from_url("http://192.0.2.1:8080", model="m", key_file=""))() == {}


@pytest.mark.parametrize(
    ("text", "held"), [("1.5GiB / 23GiB", 1.5 * 2**30), ("812.3MiB / 2GiB", 812.3 * MIB), ("0B / 0B", 0)]
)
def test_docker_s_sizes_are_read(text: str, held: float) -> None:
    assert size(text) == pytest.approx(held)


def test_a_run_records_the_memory_of_a_server_on_this_host(tmp_path: Path) -> None:
    with chat_server(Manners()) as server:
        result = run(tmp_path, f"--url=http://127.0.0.1:{server.port}", profile=OPEN)
    assert result.code == 0, result.output
    (samples,) = result.records()[0].memory.values()
    assert all(at >= 0 and held > MIB for at, held in samples)
    assert samples
