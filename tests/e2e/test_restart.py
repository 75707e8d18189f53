"""Services are restarted as they are: replicas one after another, under load, and no request notices."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from generator.host.packages import ensure_runtime
from generator.runtime.supervisord import Supervisord
from tests.deployments import Deployment, deployed
from tests.e2e.clients import answered_by, clients, wait_until_all_answer
from tests.ports import free_ports

pytestmark = pytest.mark.host

BOTH = ("replica-0", "replica-1")


def spec_of(name: str, **more: Any) -> dict[str, Any]:
    """On ports of its own."""
    ensure_runtime("host", say=print)
    ports = free_ports(5)
    return {
        "name": name,
        "runtime": "host",
        "engine": "simulator",
        "port": ports[0],
        "replica_port": ports[3],
        "simulator": {"startup_seconds": 0.1},
        "monitoring": {"prometheus_port": ports[1], "edge_metrics_port": ports[2]},
        **more,
    }


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    spec = spec_of("test-restart", replicas=2)
    with deployed(Deployment(tmp_path_factory.mktemp("restart"), spec)) as made:
        yield made


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    ports = free_ports(3)
    router = {"port": ports[0], "metrics_port": ports[1]}
    of_a_pair = {"router": router, "disaggregation": {"bootstrap_port": ports[2]}}
    spec = spec_of("test-restart-pair", topology="disaggregated", **of_a_pair)
    with deployed(Deployment(tmp_path_factory.mktemp("pair"), spec)) as made:
        made.up()
        yield made


def processes(stack: Deployment) -> dict[str, int]:
    """Service -> the id of its process."""
    with Supervisord(stack.directory).calls() as rpc:
        return {info["name"]: info["pid"] for info in rpc.getAllProcessInfo()}


def renewed(stack: Deployment, before: dict[str, int]) -> set[str]:
    return {name for name, pid in processes(stack).items() if before[name] != pid}


def restarted(stack: Deployment, *names: str) -> list[str]:
    """What was said of each turn."""
    done = stack.run("restart", *names)
    assert done.returncode == 0, done.stdout
    return [line for line in done.stdout.splitlines() if line.startswith("restart ")]


def chats_while_ending(stack: Deployment, name: str) -> int:
    """That a replica was still busy with, or got, when it was told to end: it logs each when it is over."""
    log = (stack.directory / "logs" / f"{name}.log").read_text()
    ending = log.rpartition("SIGTERM received")[2].partition("Gracefully exiting")[0]
    return ending.count("POST /v1/chat/completions")


def test_replicas_take_turns_and_no_request_fails(stack: Deployment) -> None:
    wait_until_all_answer(stack.url, set(BOTH))
    before, answers = processes(stack), Counter[int]()
    with clients(stack.url, 4, answers=answers):
        said = restarted(stack)
    assert said == [
        f"restart {name}: out of the edge, once it is idle; the others take its requests" for name in BOTH
    ]
    assert renewed(stack, before) == set(BOTH)
    assert set(answers) == {200}
    assert [chats_while_ending(stack, name) for name in BOTH] == [0, 0]
    wait_until_all_answer(stack.url, set(BOTH))


def test_one_that_is_named_is_the_only_one_and_may_have_ended(stack: Deployment) -> None:
    before = processes(stack)
    with Supervisord(stack.directory).calls() as rpc:
        rpc.stopProcess("replica-0")
    restarted(stack, "replica-0")
    assert renewed(stack, before) == {"replica-0"}
    wait_until_all_answer(stack.url, set(BOTH))


def test_one_without_another_says_what_it_costs(stack: Deployment) -> None:
    stack.run("park")
    assert restarted(stack) == [
        "restart replica-0: what is open on it is let finish, what comes meanwhile may fail"
    ]
    assert answered_by(stack.url, requests=2) == {"replica-0"}
    assert stack.status()["replica-1"]["phase"] == "parked"


def test_one_that_does_not_come_back_stays_out_and_up_lets_it_in(stack: Deployment) -> None:
    place = ("127.0.0.1", stack.spec["replica_port"] + 1)
    with Supervisord(stack.directory).calls() as rpc:
        rpc.stopProcess("replica-1")
    with socket.create_server(place):
        ended = stack.run("restart", "replica-1")
        assert ended.returncode == 6, ended.stdout
        assert answered_by(stack.url, requests=4) == {"replica-0"}
    stack.up()
    wait_until_all_answer(stack.url, set(BOTH))


def test_an_edit_that_is_not_applied_yet_is_not_applied_by_the_way(stack: Deployment) -> None:
    stack.edit(context_length=4096)
    stack.run("render")
    before = processes(stack)
    ended = stack.run("restart")
    assert ended.returncode == 9
    assert "recreate replica-0: command added: --context-length 4096" in ended.stdout
    assert renewed(stack, before) == set()


def test_what_is_not_there_is_refused_with_what_is(stack: Deployment) -> None:
    ended = stack.run("restart", "replica-7")
    assert ended.returncode == 9
    assert "is called replica-7" in ended.stdout
    assert "there are replica-0, replica-1, edge, prometheus" in ended.stdout


def test_a_pair_is_one_unit(pair: Deployment) -> None:
    before = processes(pair)
    said = restarted(pair, "decode-0")
    assert said[0].startswith("restart prefill-0, decode-0: together")
    assert renewed(pair, before) == {"prefill-0", "decode-0"}
    assert answered_by(pair.url, requests=2) == {"router"}
