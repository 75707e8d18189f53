"""Fixtures for tests that need a Docker engine."""

from collections.abc import Iterator

import pytest

from tests.docker import daemon, installation
from tests.docker import images as stand_ins
from tests.docker.engine import Engine


@pytest.fixture(scope="session")
def docker_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A private engine, ended with the session; `env` is what a process needs to talk to it."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():  # what is installed, and why, is said while it happens
        running = daemon.running(installation.ensure())
        engine = running.__enter__()
    try:
        yield engine
    finally:
        running.__exit__(None, None, None)


@pytest.fixture(scope="session")
def images(request: pytest.FixtureRequest, docker_engine: Engine) -> None:
    """The engine has a stand-in under every name that a deployment uses."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():
        stand_ins.ensure(docker_engine)
