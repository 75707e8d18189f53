"""Start either server with the same flags, and end it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import httpx
import pytest

from tests.engines.installation import SglangCpu
from tests.engines.server import FLAGS, end, environment
from tests.ports import free_port

Kind = Literal["simulator", "sglang"]

MODEL = "tiny-llama"
CONTEXT_LENGTH = 8192
KINDS = (pytest.param("simulator"), pytest.param("sglang", marks=pytest.mark.engine))
START_SECONDS = 300.0

# The speed of the tiny model on two cores, so that both servers are in the middle of things at the same time.
SIMULATED = (
    *("--served-model-name", MODEL, "--context-length", str(CONTEXT_LENGTH), "--max-total-tokens", "65536"),
    *("--max-running-requests", "64", "--enable-metrics", "--enable-cache-report"),
    *("--sim-startup-seconds", "0.5", "--sim-warmup-seconds", "0.7", "--sim-decode-seconds", "0.004"),
)


@dataclass(frozen=True)
class Target:
    """A running server. `log` holds all that it wrote."""

    kind: Kind
    url: str
    process: subprocess.Popen[bytes]
    log: Path
    control: str = ""

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def client(self, *, key: str = "") -> httpx.Client:
        """A client of its own; close it."""
        headers = {"authorization": f"Bearer {key}"} if key else {}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60)


@dataclass(frozen=True)
class Launch:
    """How to start servers of one kind. `engine` is None for the simulator."""

    kind: Kind
    engine: SglangCpu | None
    folder: Path

    @contextmanager
    def __call__(
        self, name: str, *, flags: Sequence[str] = (), extra_environment: Mapping[str, str] | None = None
    ) -> Iterator[Target]:
        """A server that has been started; nobody waited for it to be ready. It is ended with the block."""
        port, control, log = free_port(), free_port(), self.folder / f"{self.kind}-{name}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                self._argv(port, control=control, flags=flags),
                env={**environment(), "PYTHONPATH": str(Path.cwd()), **(extra_environment or {})},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield Target(self.kind, f"http://127.0.0.1:{port}", process, log, f"http://127.0.0.1:{control}")
        finally:
            end(process)

    def _argv(self, port: int, *, control: int, flags: Sequence[str]) -> tuple[str, ...]:
        where = ("--host", "127.0.0.1", "--port", str(port), *flags)
        if self.engine is None:
            program = (sys.executable, "-m", "simulator", "serve", "--model-path", "tiny")
            return (*program, *SIMULATED, "--sim-control-port", str(control), *where)
        launch = (
            str(self.engine.python),
            "-m",
            "sglang.launch_server",
            "--model-path",
            str(self.engine.model),
        )
        return (*launch, *FLAGS, *where)


def wait_ready(target: Target) -> None:
    """Until /ready says 200."""
    eventually(lambda: status_of(target, "/ready") == 200, seconds=START_SECONDS, target=target)


def status_of(target: Target, path: str) -> int:
    """The status of a GET; 0 where nothing listens or the connection breaks."""
    try:
        return httpx.get(f"{target.url}{path}", timeout=30).status_code
    except httpx.TransportError:
        return 0


def eventually(condition: Callable[[], bool], *, seconds: float, target: Target, pause: float = 0.05) -> None:
    """Wait for a condition; on failure the end of the server's log is the message."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            tail = target.log.read_text(errors="replace")[-2000:]
            raise AssertionError(f"not so after {seconds:.0f} s; the server's log ends:\n{tail}")
        time.sleep(pause)
