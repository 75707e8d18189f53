"""What the real routers do with a failing replica, started as the plan says: over stubs, which count."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from generator.host.collect import collect
from generator.host.venvs import ensure_venvs
from generator.planner import plan_deployment
from generator.spec.loading import validated
from tests.e2e.clients import chat
from tests.eventually import eventually
from tests.ports import free_ports
from tests.stub_replica import StubReplica, stub_replica

PROGRAMS = ("sglang-router", "smg")
VENVS = {"sglang-router": "router", "smg": "smg"}


@contextmanager
def routed(program: str, folder: Path, **spec: Any) -> Iterator[tuple[str, list[StubReplica]]]:
    """A router over two stubs: its URL, and them."""
    ensure_venvs([VENVS[program]], say=print)
    router, metrics, *replicas = free_ports(4)
    wanted = {
        "engine": "simulator",
        "runtime": "host",
        "routing": "sglang-router",
        "replica_port": replicas[0],
        "router": {"program": program, "port": router, "metrics_port": metrics, "policy": "round_robin"},
    }
    plan = plan_deployment(validated({**wanted, **spec}, source="test", lines={}), collect())
    with ExitStack() as stack:
        stubs = [stack.enter_context(stub_replica(port)) for port in replicas]
        log = stack.enter_context((folder / "router.log").open("w"))
        process = subprocess.Popen(plan.routers[0].argv, stdout=log, stderr=log)
        stack.callback(end, process)
        url = f"http://127.0.0.1:{router}"
        eventually(lambda: knows(url, both=2), f"{program} does not know both replicas")
        yield url, stubs


def end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    process.wait(timeout=30)


def knows(url: str, *, both: int) -> bool:
    try:
        return bool(httpx.get(f"{url}/readiness").json().get("healthy_workers") == both)
    except httpx.HTTPError:
        return False


@pytest.mark.parametrize(
    ("program", "retry_sent", "sendings"),
    [("sglang-router", "never", 1), ("sglang-router", "once", 2), ("smg", "never", 1)],
)
def test_a_request_whose_replica_breaks_off_is_sent_so_often(
    program: str, retry_sent: str, sendings: int, tmp_path: Path
) -> None:
    with routed(program, tmp_path, retry_sent=retry_sent) as (url, stubs):
        for stub in stubs:
            stub.behaviour = "break off"
        assert chat(url, model="stub").status_code >= 500
        assert sum(stub.asked for stub in stubs) == sendings


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_one_client_asks_wrongly_does_not_close_the_endpoint(program: str, tmp_path: Path) -> None:
    with routed(program, tmp_path) as (url, stubs):
        for stub in stubs:
            stub.behaviour = "refuse"
        assert {chat(url, model="stub").status_code for _ in range(20)} == {400}
        for stub in stubs:
            stub.behaviour = "answer"
        assert chat(url, model="stub").status_code == 200
