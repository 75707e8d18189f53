"""A port's holder is found and named; a free one has no obstacle."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from generator.host.ports import ancestors, holder, obstacle


@pytest.fixture
def listener() -> Iterator[int]:
    """A port this very process listens on."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_port_in_use_has_its_holder(listener: int) -> None:
    assert obstacle("127.0.0.1", listener) == "in use"
    found = holder(listener)
    assert found is not None
    assert found.pid == os.getpid()
    assert str(found) == f"{found.name} (pid {os.getpid()})"


def test_a_free_port_has_neither() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert obstacle("127.0.0.1", port) == ""
    assert holder(port) is None


def test_connections_that_are_closing_do_not_hold_a_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            accepted, _ = server.accept()
            assert holder(port) is not None
            server.close()
            assert holder(port) is None
            accepted.close()
            assert client.recv(1) == b""
    assert obstacle("127.0.0.1", port) == ""


def test_an_address_of_another_host_is_an_obstacle() -> None:
    assert obstacle("203.0.113.254", 8080) == "Cannot assign requested address"


def test_ancestors_are_parents_up_to_the_first_process() -> None:
    line = list(ancestors(os.getpid()))
    assert line[:2] == [os.getpid(), os.getppid()]
    assert len(line) == len(set(line))
    assert 0 not in line
