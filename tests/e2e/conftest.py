"""Deployments on the private Docker engine; whatever a test starts is taken down with it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.deployments import Deployment, deployed
from tests.docker.engine import Engine
from tests.ports import free_ports

MINE = str(os.getpid())


class Compose(Protocol):
    """Makes a Compose deployment of that name; keys of the spec may be given or replaced."""

    def __call__(self, name: str, **spec: Any) -> Deployment: ...


@pytest.fixture
def compose(
    docker_engine: Engine, images: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Compose]:
    """Deployments that end with the test."""
    with made_on(docker_engine, tmp_path_factory) as make:
        yield make


@pytest.fixture(scope="module")
def lasting_compose(
    docker_engine: Engine, images: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Compose]:
    """Deployments that end with the module."""
    with made_on(docker_engine, tmp_path_factory) as make:
        yield make


@contextmanager
def made_on(engine: Engine, folders: pytest.TempPathFactory) -> Iterator[Compose]:
    """A maker of deployments; what it made is taken down in the end."""
    with ExitStack() as stack:

        def make(name: str, **spec: Any) -> Deployment:
            # Test runs may share the engine; a project's name has 40 characters at most.
            project = name if name.endswith(MINE) else f"{name[: 39 - len(MINE)].rstrip('-')}-{MINE}"
            folder = folders.mktemp(project)
            return stack.enter_context(deployed(Deployment(folder, base(project) | spec, engine.env)))

        yield make


@pytest.fixture
def stack(shared: Deployment) -> Iterator[Deployment]:
    """What the tests of a module share, as its `shared` makes it: brought up as it was made, whatever the last test did."""
    spec = dict(shared.spec)
    shared.up()
    yield shared
    shared.spec = spec


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """A directory that looks like a model."""
    directory = tmp_path / "checkpoint"
    directory.mkdir()
    (directory / "config.json").write_text('{"architectures": ["LlamaForCausalLM"], "model_type": "llama"}')
    (directory / "model.safetensors").write_bytes(b"weights")
    return directory


def base(name: str) -> dict[str, Any]:
    """Two simulated replicas on ports of their own."""
    ports = free_ports(3)
    return {
        "name": name,
        "runtime": "compose",
        "engine": "simulator",
        "port": ports[0],
        "monitoring": {"prometheus_port": ports[1], "grafana_port": ports[2]},
        "startup_timeout": 120,
    }
