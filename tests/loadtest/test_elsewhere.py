"""Load from another machine: workers that the run does not start itself, here on loopback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.loadtest.certificates import self_signed, server_side
from tests.loadtest.chat_server import Manners, chat_server
from tests.loadtest.command import OPEN, ROOT, finished, run, started

KEY = "right-key"


@contextmanager
def worker(folder: Path, *, master: str, options: tuple[str, ...]) -> Iterator[subprocess.Popen[str]]:
    """A worker in a folder of its own, as on a machine of its own."""
    folder.mkdir()
    (folder / "key").write_text(KEY)
    with subprocess.Popen(
        [sys.executable, "-m", "loadtest", "worker", "--master", master, *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def test_workers_from_elsewhere_share_the_load_and_bring_keys_of_their_own(tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    (tmp_path / "key").write_text(KEY)
    access = ("--api-key-file=key", f"--ca-file={certificate}")
    with ExitStack() as stack:
        server = stack.enter_context(chat_server(Manners(key=KEY), tls=server_side(certificate)))
        options = (f"--url=https://127.0.0.1:{server.port}", *access, "--workers=1", "--expect-workers=2")
        master = stack.enter_context(started(tmp_path, *options))
        address = invitation(master)
        workers = [
            stack.enter_context(worker(tmp_path / name, master=address, options=access))
            for name in ("second", "third")
        ]
        result = finished(master, tmp_path)
        assert result.code == 0, result.output
        assert [each.wait(timeout=20) for each in workers] == [0, 0], "the master sends them home"
    record, requests = result.records()
    assert record.generator.workers == 3
    assert {request.worker for request in requests} == {0, 1, 2}
    assert sorted(request.scheduled for request in requests) == [number / 20 for number in range(40)]
    assert {request.error for request in requests} == {None}


def test_a_certificate_nobody_vouches_for_is_told_before_any_load(tmp_path: Path) -> None:
    with chat_server(Manners(), tls=server_side(self_signed(tmp_path))) as server:
        result = run(tmp_path, f"--url=https://127.0.0.1:{server.port}", profile=OPEN)
    assert result.code == 5
    assert "certificate verify failed" in result.output
    assert "--ca-file" in result.output


def invitation(master: subprocess.Popen[str]) -> str:
    """HOST:PORT of the command that the run prints for the other machine."""
    assert master.stdout
    for line in master.stdout:
        if found := re.search(r"worker --master (\S+)", line):
            return found[1]
    raise AssertionError("no invitation was printed")
