"""Every port of a plan is looked at; what the deployment itself holds is well, what others hold is named."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.doctor.ports import OWN, Socket, check_ports, judge, obstruction, sockets
from generator.doctor.published import Container, read_line
from tests.generator.doctor.subjects import DOCKER_HOST, PLAIN_HOST, subject


@pytest.fixture
def listener() -> Iterator[int]:
    """A port this very process listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_under_compose_only_published_ports_count() -> None:
    assert [str(wanted) for wanted in sockets(subject(DOCKER_HOST).plan)] == [
        "127.0.0.1:8080",
        "127.0.0.1:9090",
        "127.0.0.1:3000",
    ]


def test_processes_take_all_their_ports_on_the_host() -> None:
    assert [(wanted.service, wanted.port) for wanted in sockets(subject(PLAIN_HOST, replicas=2).plan)] == [
        ("edge", 8080),
        ("prometheus", 9090),
        ("edge metrics", 9145),
        ("replica-0", 30000),
        ("replica-1", 30001),
    ]


def test_a_stranger_on_the_port_is_named(listener: int) -> None:
    finding = next(iter(check_ports(subject(PLAIN_HOST, port=listener))))
    assert finding.status == "fail"
    assert finding.found.startswith("held by ")
    assert f"(pid {os.getpid()})" in finding.found


def test_the_deployments_own_process_is_no_stranger(listener: int, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/supervisord.pid").write_text(f"{os.getppid()}\n")
    finding = next(iter(check_ports(subject(PLAIN_HOST, port=listener, directory=tmp_path))))
    assert (finding.status, finding.found) == ("ok", OWN)


def test_containers_hold_ports_without_a_process() -> None:
    examined = subject(DOCKER_HOST)
    wanted = Socket("edge", "127.0.0.1", 8080)
    own = Container("sglbox-edge-1", "sglbox", frozenset({8080}))
    other = Container("web", "", frozenset({8080}))
    assert obstruction(wanted, subject=examined, running=(own,)) == OWN
    assert obstruction(wanted, subject=examined, running=(other,)) == "held by container web"


def test_dockers_notation_of_ports_is_read() -> None:
    line = "web\tshop\t127.0.0.1:8080->80/tcp, [::]:9000-9002->9000-9002/tcp, 443/tcp"
    assert read_line(line) == Container("web", "shop", frozenset({8080, 9000, 9001, 9002}))


def test_an_address_of_another_host_is_told() -> None:
    wanted = Socket("edge", "192.0.2.254", 8080)
    reason = obstruction(wanted, subject=subject(PLAIN_HOST), running=())
    assert judge(wanted, obstructed=reason).found == "Cannot assign requested address"
