"""The load test's command as a process, in a folder of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loadtest.record import RequestRecord, RunRecord, load_run

ROOT = Path(__file__).resolve().parents[2]
OPEN = """
about: a test
scenario: {kind: single, prompt: {kind: fixed, tokens: 40}, output: {kind: fixed, tokens: 3}}
arrivals: {kind: constant, rate: 20}
duration: 2
warmup: 0
drain: 5
lateness_limit: 30
"""


@dataclass(frozen=True)
class Result:
    """What a command came to."""

    code: int
    output: str
    folder: Path

    def records(self) -> tuple[RunRecord, tuple[RequestRecord, ...]]:
        return load_run(self.folder)


def url(port: int) -> str:
    """The option for a server on loopback."""
    return f"--url=http://127.0.0.1:{port}"


@contextmanager
def started(folder: Path, *options: str, profile: str = OPEN) -> Iterator[subprocess.Popen[str]]:
    (folder / "mine.yaml").write_text(profile)
    argv = [sys.executable, "-m", "loadtest", "run", "--profile", "mine.yaml", *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120"}
    with subprocess.Popen(
        argv, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()


def finished(process: subprocess.Popen[str], folder: Path) -> Result:
    output, _ = process.communicate(timeout=90)
    runs = sorted(folder.glob("build/loadtest/*"))
    return Result(process.returncode, output, runs[-1] if runs else folder)


def run(folder: Path, *options: str, profile: str = OPEN) -> Result:
    with started(folder, *options, profile=profile) as process:
        return finished(process, folder)
