"""This process talks to the test engine, as an operator's shell would."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def docker_here(docker_engine: Any, images: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The `docker` that the kit finds is the test engine's, with the stand-in images."""
    for name, value in docker_engine.env.items():
        monkeypatch.setenv(name, value)
