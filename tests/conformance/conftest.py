"""The servers, one of each purpose and kind, started when the first test asks and ended with the session."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from tests.conformance.targets import KINDS, Launch, Target, wait_ready

API_KEY, ADMIN_KEY = "user-key-of-the-test", "admin-key-of-the-test"


@pytest.fixture(scope="session", params=KINDS)
def launch(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Launch:
    """Starts servers of one kind."""
    engine = request.getfixturevalue("sglang_cpu") if request.param == "sglang" else None
    return Launch(request.param, engine, tmp_path_factory.mktemp(request.param))


@pytest.fixture(scope="session")
def target(launch: Launch) -> Iterator[Target]:
    """A server without keys and limits."""
    with launch("plain") as running:
        wait_ready(running)
        yield running


@pytest.fixture(scope="session")
def guarded(launch: Launch) -> Iterator[Target]:
    """A server with both keys, given in a file, and room for two running and two waiting requests."""
    config = launch.folder / "secrets.yaml"
    _write(config, {"api-key": API_KEY, "admin-api-key": ADMIN_KEY, "max-queued-requests": 2})
    with launch("guarded", flags=("--config", str(config), "--max-running-requests", "2")) as running:
        wait_ready(running)
        yield running


@pytest.fixture
def client(target: Target) -> Iterator[httpx.Client]:
    """A client of the plain server."""
    with target.client() as one:
        yield one


@pytest.fixture
def holder(guarded: Target) -> Iterator[httpx.Client]:
    """A client of the guarded server, with the API key."""
    with guarded.client(key=API_KEY) as one:
        yield one


def _write(path: Path, values: dict[str, Any]) -> None:
    with path.open("w") as file:
        YAML().dump(values, file)
