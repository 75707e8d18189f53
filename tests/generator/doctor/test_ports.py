"""Every port of a plan is looked at; what the deployment itself holds is well, what others hold is named."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.doctor.finding import Finding, Subject
from generator.doctor.ports import OWN, check_ports, endpoints, judge, obstruction
from generator.doctor.published import Container, read_line
from generator.runtime.ports import Endpoint
from tests.generator.doctor.subjects import DOCKER_HOST, PLAIN_HOST, subject


@pytest.fixture
def listener() -> Iterator[int]:
    """A port this very process listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_under_compose_only_published_ports_count() -> None:
    assert [endpoint.port for endpoint in endpoints(subject(DOCKER_HOST).plan)] == [8080, 9090, 3000]


def test_processes_take_all_their_ports_on_the_host() -> None:
    ports = {endpoint.port for endpoint in endpoints(subject(PLAIN_HOST, replicas=2).plan)}
    assert ports == {30000, 30001, 8080, 9145, 9090}


def finding_of(examined: Subject, *, port: int) -> Finding:
    """What the check says about one port."""
    return next(finding for finding in check_ports(examined) if finding.check == f"port {port}")


def test_a_stranger_on_the_port_is_named(listener: int) -> None:
    finding = finding_of(subject(PLAIN_HOST, port=listener), port=listener)
    assert finding.status == "fail"
    assert finding.found.startswith("held by ")
    assert f"(pid {os.getpid()})" in finding.found


def test_the_deployments_own_process_is_no_stranger(listener: int, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run/supervisord.pid").write_text(f"{os.getppid()}\n")
    finding = finding_of(subject(PLAIN_HOST, port=listener, directory=tmp_path), port=listener)
    assert (finding.status, finding.found) == ("ok", OWN)


def test_containers_hold_ports_without_a_process() -> None:
    examined = subject(DOCKER_HOST)
    wanted = Endpoint("edge", "127.0.0.1", 8080)
    own = Container("sglbox-edge-1", "sglbox", frozenset({8080}))
    other = Container("web", "", frozenset({8080}))
    assert obstruction(wanted, subject=examined, running=(own,)) == OWN
    assert obstruction(wanted, subject=examined, running=(other,)) == "held by container web"


def test_dockers_notation_of_ports_is_read() -> None:
    line = "web\tshop\t127.0.0.1:8080->80/tcp, [::]:9000-9002->9000-9002/tcp, 443/tcp"
    assert read_line(line) == Container("web", "shop", frozenset({8080, 9000, 9001, 9002}))


def test_an_address_of_another_host_is_told() -> None:
    wanted = Endpoint("edge", "203.0.113.254", 8080)
    reason = obstruction(wanted, subject=subject(PLAIN_HOST), running=())
    assert judge(wanted, obstructed=reason).found == "Cannot assign requested address"
