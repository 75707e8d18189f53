"""Fixtures shared by all tests; each comes from the package that owns the thing."""

import pytest

pytest_plugins = ["tests.docker.plugin", "tests.engines.plugin"]

MARKER_BY_FIXTURE = {"sglang_cpu": "engine", "docker_engine": "docker", "launch": "host"}


# Folders and modules that start servers, whatever fixtures they use: not for the inner loop of `make check`.
LIVE = (
    "tests/edge/",
    "tests/loadtest/test_client.py",
    "tests/loadtest/test_run.py",
    "tests/loadtest/test_sweep_run.py",
    "tests/loadtest/test_web.py",
    "tests/simulator/test_process.py",
    "tests/generator/host/test_packages.py",
    "tests/generator/host/test_services.py",
)


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they need, so that `-m "not docker"` never forgets one; and share them out."""
    for item in items:
        if item.nodeid.startswith(LIVE):
            item.add_marker("host")
        for fixture in MARKER_BY_FIXTURE.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKER_BY_FIXTURE[fixture])
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=_slowness)


def _group(item: pytest.Item) -> str:
    """What stays in one process: a module, which shares its servers; and the real engines, one after another."""
    return "engine" if item.get_closest_marker("engine") else item.nodeid.partition("::")[0]


def _slowness(item: pytest.Item) -> int:
    """What takes longest begins first, so that no process is left alone with it in the end."""
    return next((rank for rank, marker in enumerate(("engine", "docker", "host")) if _has(item, marker)), 3)


def _has(item: pytest.Item, marker: str) -> bool:
    return item.get_closest_marker(marker) is not None
