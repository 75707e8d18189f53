"""Replicas are parked and woken under load, and no request notices."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator.host.packages import ensure_runtime
from tests.deployments import ROOT, Deployment, deployed, operations
from tests.e2e.clients import answered_by, clients, stream, text_of, unhealthy_targets, wait_until_all_answer
from tests.eventually import eventually
from tests.ports import free_ports

pytestmark = pytest.mark.host
ALL = {"replica-0", "replica-1", "replica-2"}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    ensure_runtime("host", say=print)
    ports = free_ports(6)
    spec = {
        "name": "test-parking",
        "runtime": "host",
        "engine": "simulator",
        "replicas": 3,
        "port": ports[0],
        "replica_port": ports[3],
        "extra_args": "--max-running-requests 4",
        "parking": {"idle_after": 4, "requests_per_replica": 2},
        "simulator": {"startup_seconds": 0.1},
        "monitoring": {"prometheus_port": ports[1], "edge_metrics_port": ports[2], "scrape_interval": 1},
    }
    with deployed(Deployment(tmp_path_factory.mktemp("parking"), spec)) as made:
        yield made


def phases(stack: Deployment) -> dict[str, str]:
    """Replica -> what it is at."""
    return {name: row["phase"] for name, row in stack.status().items() if name in ALL}


def done(stack: Deployment, verb: str, *options: str) -> str:
    """The output of a verb that must succeed."""
    ended = stack.run(verb, *options)
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


@contextmanager
def autopark(stack: Deployment, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """It runs for the length of the block, and ends by itself when it is told to."""
    place = ["--spec", str(stack.write()), "--build", str(stack.folder / "build")]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-u", "-m", "generator", "autopark", *place], cwd=ROOT, stdout=out, stderr=out
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0, log.read_text()


def test_parked_replicas_are_gone_and_the_rest_serves(stack: Deployment) -> None:
    assert operations(done(stack, "park")) == [
        "reload edge: nginx/conf.d/upstream.conf changed (and 1 more)",
        "reload prometheus: prometheus/prometheus.yml changed",
        "retire replica-1: parked, once it is idle",
        "retire replica-2: parked, once it is idle",
    ]
    assert phases(stack) == {"replica-0": "ready", "replica-1": "parked", "replica-2": "parked"}
    assert answered_by(stack.url, requests=6) == {"replica-0"}
    assert "nothing to park: 1 of 3 replicas are to run" in done(stack, "park")


def test_nobody_takes_them_for_failed(stack: Deployment) -> None:
    done(stack, "park", "--keep", "2")
    assert stack.run("status").returncode == 0
    url = f"http://127.0.0.1:{stack.spec['monitoring']['prometheus_port']}"
    eventually(lambda: unhealthy_targets(url) == [], "a target is not up")
    findings = {row["practice"]: row for row in json.loads(stack.run("audit", "--json").stdout)}
    assert findings["metrics"]["seen"].endswith("all answer")


def test_waking_starts_them_before_the_edge_lets_them_in(stack: Deployment) -> None:
    done(stack, "park")
    output = done(stack, "wake")
    assert operations(output)[:2] == ["create replica-1: woken", "create replica-2: woken"]
    wait_until_all_answer(stack.url, ALL)
    assert "nothing is parked: 3 of 3 replicas are to run" in done(stack, "wake")


def test_one_replica_must_stay(stack: Deployment) -> None:
    ended = stack.run("park", "--keep", "0")
    assert ended.returncode == 9
    assert "0 of 3 replicas can't be kept" in ended.stdout


def test_an_edit_that_is_not_applied_yet_is_not_applied_by_the_way(stack: Deployment) -> None:
    stack.edit(context_length=4096)
    done(stack, "render")
    ended = stack.run("park")
    assert ended.returncode == 9
    assert "recreate replica-0: command added: --context-length 4096" in ended.stdout
    assert phases(stack) == dict.fromkeys(ALL, "ready")
    assert answered_by(stack.url, requests=1)


def test_streams_end_before_their_replica_does(stack: Deployment) -> None:
    wait_until_all_answer(stack.url, ALL)
    with ThreadPoolExecutor(6) as pool:
        streams = [pool.submit(stream, stack.url, f"{n}: tell a story", max_tokens=200) for n in range(6)]
        done(stack, "park")
        for each in streams:
            chunks = each.result()
            assert text_of(chunks)
            assert chunks[-1]["usage"]["completion_tokens"] == 200


def test_a_park_that_was_interrupted_is_told_and_finished_by_the_next_one(stack: Deployment) -> None:
    place = ["--spec", str(stack.write()), "--build", str(stack.folder / "build")]
    # A test run in the background ignores the signal, and would hand that down.
    command = ["env", "--default-signal=INT", sys.executable, "-u", "-m", "generator", "park", *place]
    with ThreadPoolExecutor(6) as pool:
        streams = [pool.submit(stream, stack.url, f"{n}: tell a story", max_tokens=800) for n in range(6)]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as parking:
            assert parking.stdout is not None
            # The edge has let go of them, and their streams go on.
            eventually(lambda: phases(stack)["replica-2"] == "parked", "nothing is parked")
            parking.send_signal(signal.SIGINT)
            assert parking.wait(30) == 130
        assert stack.status()["replica-2"]["detail"] == "still runs; `make park` ends it"
        assert "retire replica-2: parked, once it is idle" in operations(done(stack, "park"))
        assert stack.status()["replica-2"]["detail"] == ""
        assert all(each.result()[-1]["usage"]["completion_tokens"] == 800 for each in streams)


def test_a_replica_that_can_not_be_woken_is_parked_again(stack: Deployment) -> None:
    done(stack, "park", "--keep", "2")
    with socket.create_server(("127.0.0.1", stack.spec["replica_port"] + 2)):
        ended = stack.run("wake")
    assert ended.returncode == 6, ended.stdout
    assert phases(stack) == {"replica-0": "ready", "replica-1": "ready", "replica-2": "parked"}
    assert answered_by(stack.url, requests=4) <= {"replica-0", "replica-1"}
    done(stack, "wake")
    assert phases(stack) == dict.fromkeys(ALL, "ready")


def test_by_load_replicas_come_and_go_and_no_request_fails(stack: Deployment, tmp_path: Path) -> None:
    def said(line: str, times: int) -> bool:
        return log.read_text().count(line) == times

    answers: Counter[int] = Counter()
    log = tmp_path / "autopark.log"
    with autopark(stack, log):
        with clients(stack.url, 1, answers=answers):
            eventually(lambda: said("1 of 3 replicas are to run", 1), "idle replicas are not parked")
        with clients(stack.url, 12, answers=answers):
            # One by one, or both at once: as many as wait.
            eventually(lambda: said("\n3 of 3 replicas are to run", 1), "a queue wakes nobody")
        eventually(lambda: said("\n1 of 3 replicas are to run", 2), "after a burst nobody is parked")
    assert set(answers) == {200}
    assert "park: 3 -> 1 replicas, at most 1 request open for 4 s" in log.read_text()


def test_up_brings_back_what_was_parked_and_autopark_goes_on(stack: Deployment, tmp_path: Path) -> None:
    before = stack.status()["replica-0"]["since"]
    log = tmp_path / "autopark.log"
    with autopark(stack, log):
        eventually(lambda: "\n1 of 3 replicas are to run" in log.read_text(), "nobody is parked")
        assert "create replica-1: not there" in operations(stack.up())
        eventually(lambda: log.read_text().count("park: 3 -> 1") == 2, "parks only once")
    assert stack.status()["replica-0"]["since"] == before


def test_when_all_is_down_nothing_is_parked(stack: Deployment) -> None:
    done(stack, "park")
    done(stack, "down")
    assert {row["phase"] for row in stack.status().values()} == {"stopped"}
