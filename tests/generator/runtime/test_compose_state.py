"""What `docker inspect` prints must become the snapshot's values, whatever is left out of it."""

from __future__ import annotations

from typing import Any

import pytest

from generator.runtime.compose_state import container_state, published_ports

LABELS = {"com.docker.compose.service": "replica-0", "com.docker.compose.config-hash": "abc"}


def container(**state: Any) -> dict[str, Any]:
    """Docker Engine 28.5, shortened."""
    return {
        "Id": "1f",
        "Image": "sha256:9",
        "RestartCount": 2,
        "Config": {"Labels": LABELS},
        "HostConfig": {"PortBindings": {"8080/tcp": [{"HostIp": "127.0.0.1", "HostPort": "18080"}]}},
        "State": {
            "Status": "running", "ExitCode": 0, "Error": "", "StartedAt": "2026-11-21T01:40:16.377248856Z", **state,
        },
    }  # fmt: skip


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({}, ("running", "none", None, "2026-11-21T01:40:16Z")),
        ({"Health": {"Status": "starting"}}, ("running", "starting", None, "2026-11-21T01:40:16Z")),
        ({"Status": "exited", "ExitCode": 3, "Health": {"Status": "unhealthy"}}, ("exited", "none", 3, "")),
        ({"Status": "restarting", "ExitCode": 1}, ("restarting", "none", 1, "")),
    ],
)
def test_states(state: dict[str, Any], expected: Any) -> None:
    found = container_state(container(**state))
    assert (found.state, found.health, found.exit_code, found.since) == expected
    assert (found.name, found.digest, found.image, found.restarts) == ("replica-0", "abc", "sha256:9", 2)


def test_docker_s_own_error_is_the_reason() -> None:
    assert (
        container_state(container(Status="created", ExitCode=127, Error="no such file")).reason
        == "no such file"
    )


def test_published_ports() -> None:
    assert published_ports(container()) == (18080,)
    assert published_ports({**container(), "HostConfig": {"PortBindings": None}}) == ()
