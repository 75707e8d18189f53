"""Simulator processes for tests, started with flags and ended by their process."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from tests.ports import free_port

MODEL = "sim"
CHAT = "/v1/chat/completions"


@dataclass(frozen=True)
class Running:
    """One simulator and how to reach it and its control port."""

    url: str
    control: str
    process: subprocess.Popen[bytes]
    log: Path

    def chat(
        self, *, tokens: int = 3, stream: bool = False, timeout: float = 20, **values: object
    ) -> httpx.Response:
        """One request."""
        return httpx.post(f"{self.url}{CHAT}", json=body(tokens, stream=stream, **values), timeout=timeout)

    def fault(self, **values: object) -> httpx.Response:
        """Begin a fault."""
        return httpx.post(f"{self.control}/fault", json=values, timeout=10)


def body(tokens: int, *, stream: bool = False, **values: object) -> dict[str, object]:
    """A request for exactly so many tokens."""
    turns = [{"role": "user", "content": "hello world"}]
    return {"messages": turns, "max_tokens": tokens, "ignore_eos": True, "stream": stream, **values}


@contextmanager
def simulator(*flags: str, log: Path, wait: str = "/ready") -> Iterator[Running]:
    """Ready when `wait` answers 200; "" not to wait."""
    port, control = free_port(), free_port()
    defaults = ("--sim-startup-seconds", "0", "--sim-warmup-seconds", "0", "--sim-drain-poll", "0.2")
    argv = (sys.executable, "-m", "simulator", "serve", MODEL, "--port", str(port), *defaults)
    with log.open("wb") as output:
        process = subprocess.Popen(
            (*argv, "--sim-control-port", str(control), *flags), stdout=output, stderr=subprocess.STDOUT
        )
    running = Running(f"http://127.0.0.1:{port}", f"http://127.0.0.1:{control}", process, log)
    try:
        if wait:
            await_status(f"{running.url}{wait}", running)
        yield running
    finally:
        process.kill()
        process.wait()


def await_status(url: str, running: Running, *, status: int = 200, seconds: float = 30) -> None:
    """Until a GET has that status."""
    deadline, seen = time.monotonic() + seconds, 0
    while seen != status:
        if time.monotonic() > deadline:
            raise AssertionError(f"{url}: {seen} instead of {status}:\n{running.log.read_text()[-2000:]}")
        time.sleep(0.02)
        try:
            seen = httpx.get(url, timeout=5).status_code
        except httpx.TransportError:
            seen = 0
