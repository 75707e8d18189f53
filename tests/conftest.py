"""Fixtures shared by all tests; each comes from the package that owns the thing."""

import pytest

pytest_plugins = ["tests.docker.plugin", "tests.engines.plugin"]

MARKER_BY_FIXTURE = {"sglang_cpu": "engine", "docker_engine": "docker", "launch": "host"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by what they need, so that `-m "not docker"` never forgets one."""
    for item in items:
        for fixture in MARKER_BY_FIXTURE.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKER_BY_FIXTURE[fixture])
