"""Fixture for tests that need the real SGLang server."""

import pytest

from tests.engines.installation import SglangCpu, ensure


@pytest.fixture(scope="session")
def sglang_cpu(request: pytest.FixtureRequest) -> SglangCpu:
    """The real server on CPU with a tiny model; installed on first use."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    with capture.global_and_fixture_disabled():  # what is installed, and why, is said while it happens
        return ensure()
