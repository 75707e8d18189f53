"""Fixtures shared by all tests; each comes from the package that owns the thing."""

from typing import Any

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

# How long an example takes says nothing about the code.
settings.register_profile("sglbox", deadline=None)
settings.load_profile("sglbox")

pytest_plugins = ["tests.docker.plugin", "tests.engines.plugin"]

MARKER_BY_FIXTURE = {"sglang_cpu": "engine", "docker_engine": "docker", "launch": "host"}


# Folders and modules that start servers, whatever fixtures they use: not for the inner loop of `make check`.
LIVE = (
    "tests/bootstrap/",
    "tests/e2e/test_router_failures.py",
    "tests/edge/",
    "tests/loadtest/test_client.py",
    "tests/loadtest/test_elsewhere.py",
    "tests/loadtest/test_memory.py",
    "tests/loadtest/test_run",
    "tests/loadtest/test_sweep_run.py",
    "tests/loadtest/test_web.py",
    "tests/simulator/test_process.py",
    "tests/generator/host/test_packages.py",
    "tests/generator/host/test_services.py",
)


# Whatever talks to the real engine: one process has it all, or several would run at once.
REAL_ENGINE = (
    "tests/conformance/",
    "tests/engines/",
    "tests/e2e/test_real_engine.py",
    "tests/loadtest/test_real_engine.py",
    "tests/generator/catalog/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they need, so that `-m "not docker"` never forgets one; the slowest come first."""
    for item in items:
        if item.nodeid.startswith(LIVE):
            item.add_marker("host")
        for fixture in MARKER_BY_FIXTURE.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKER_BY_FIXTURE[fixture])
    items.sort(key=_slowness)


def _slowness(item: pytest.Item) -> int:
    """What takes longest begins first, so that no process is left alone with it in the end."""
    if item.nodeid.startswith(REAL_ENGINE):
        return 0
    marks = {mark.name for mark in item.iter_markers()}
    return 1 if "docker" in marks else 2 if "host" in marks else 3


class WholeModules(LoadScopeScheduling):  # type: ignore[misc]
    """Shares out modules, which have servers in common, rather than tests.

    pytest-xdist's own `loadgroup` writes the group into an attribute that pytest 9.2 no longer reads.
    """

    def _split_scope(self, nodeid: str) -> str:
        return "real engine" if nodeid.startswith(REAL_ENGINE) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> WholeModules:
    """With `--dist loadscope`."""
    return WholeModules(config, log)
