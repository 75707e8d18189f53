"""From a closed port to the last byte: start, hang, drain, end. Each test has a server of its own."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.conformance.targets import MODEL, START_SECONDS, Launch, Target, eventually, status_of, wait_ready
from tests.conformance.wire import posting

CHAT = "/v1/chat/completions"
START_MARKS = (
    *(
        "server_args=",
        "Load weight begin",
        "Load weight end",
        "KV Cache is allocated",
        "max_total_num_tokens=",
    ),
    *("Application startup complete", "Uvicorn running on"),
)
READY = "The server is fired up and ready to roll!"
"""What operators' tools derive the phase of a start from, in this order."""


def ask(tokens: int) -> dict[str, object]:
    turns = [{"role": "user", "content": "hello world"}]
    body = {"model": MODEL, "messages": turns, "max_tokens": tokens, "ignore_eos": True}
    return {**body, "stream": True, "stream_options": {"include_usage": True}}


@pytest.fixture
def mortal(launch: Launch) -> Iterator[Target]:
    """A server that a test may end, with a short patience of its health check."""
    with launch("mortal", extra_environment={"SGLANG_HEALTH_CHECK_TIMEOUT": "3"}) as running:
        yield running


def test_start_hang_drain_and_end(mortal: Target) -> None:
    """One test, because a start of the real server takes twenty seconds."""
    _starts(mortal)
    _hangs_and_recovers(mortal)
    _drains(mortal)


def _starts(target: Target) -> None:
    seen = [status_of(target, "/ready")]
    deadline = time.monotonic() + START_SECONDS
    while seen[-1] != 200 and time.monotonic() < deadline:
        time.sleep(0.02)
        seen.append(status_of(target, "/ready"))
    phases = [status for status, before in zip(seen, [None, *seen], strict=False) if status != before]
    assert phases == [0, 503, 200], "closed, then warming up, then ready"
    eventually(lambda: READY in target.log.read_text(errors="replace"), seconds=10, target=target)
    log = target.log.read_text(errors="replace")
    places = [log.find(mark) for mark in (*START_MARKS, READY)]
    assert -1 not in places, dict(zip(START_MARKS, places, strict=False))
    assert places == sorted(places)


def _hangs_and_recovers(target: Target) -> None:
    _set_hung(target, "hung")
    try:
        begun = time.monotonic()
        assert status_of(target, "/health") == 503
        assert 2.9 <= time.monotonic() - begun < 10
        assert (status_of(target, "/ready"), status_of(target, "/ping")) == (503, 503)
        assert status_of(target, "/v1/models") == 200
    finally:
        _set_hung(target, "well")
    eventually(lambda: status_of(target, "/health") == 200, seconds=20, target=target)
    assert status_of(target, "/ready") == 200


def _set_hung(target: Target, state: str) -> None:
    """Freeze the scheduler: the real one by its process, the simulated one by its control port."""
    if target.kind == "sglang":
        os.kill(_scheduler_of(target.process.pid), signal.SIGSTOP if state == "hung" else signal.SIGCONT)
    elif state == "hung":
        httpx.post(f"{target.control}/fault", json={"kind": "stall", "seconds": 60}).raise_for_status()
    else:
        httpx.delete(f"{target.control}/fault").raise_for_status()


def _scheduler_of(parent: int) -> int:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        fields = re.match(r"(\d+) \((.*)\) \S (\d+)", stat.read_text())
        if fields and int(fields[3]) == parent and fields[2].startswith("sglang::sched"):
            return int(fields[1])
    raise AssertionError(f"process {parent} has no scheduler child")


def _drains(target: Target) -> None:
    with posting(target.url, path=CHAT, body=ask(1200)) as connection:
        connection.recv(10)
        target.process.send_signal(signal.SIGTERM)
        eventually(lambda: status_of(target, "/health") == 503, seconds=2, target=target)
        assert status_of(target, "/v1/models") == 200, "still accepts"
        answer = httpx.post(f"{target.url}{CHAT}", json=ask(2), timeout=60)
        assert (answer.status_code, answer.text[-14:]) == (200, "data: [DONE]\n\n"), "still serves"
        assert target.process.poll() is None
        with connection.makefile("rb") as stream:
            rest = stream.read()
    assert rest.endswith(b"data: [DONE]\n\n\r\n0\r\n\r\n"), "the running stream came to its end"
    assert target.process.wait(timeout=40) == 0
    assert status_of(target, "/ready") == 0


def test_a_killed_server_ends_its_streams_without_the_end_mark(launch: Launch) -> None:
    with launch("killed") as target:
        wait_ready(target)
        with (
            posting(target.url, path=CHAT, body=ask(4000)) as connection,
            connection.makefile("rb") as stream,
        ):
            while not stream.readline().startswith(b"data: "):
                pass
            target.process.kill()
            rest = stream.read()
        assert b"[DONE]" not in rest
        assert not rest.endswith(b"0\r\n\r\n")
        assert target.process.wait(timeout=10) == -signal.SIGKILL
        eventually(lambda: status_of(target, "/ready") == 0, seconds=10, target=target)


def test_an_unknown_flag_ends_the_start_with_2(launch: Launch) -> None:
    with launch("misspelt", flags=("--max-radix-cache-len", "5")) as target:
        assert target.process.wait(timeout=120) == 2
        assert "unrecognized arguments: --max-radix-cache-len" in target.log.read_text(errors="replace")
