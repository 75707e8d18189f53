"""A deployment of the host runtime, with an engine that does what the test says."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.host.packages import ensure_runtime
from tests.deployments import Deployment, deployed
from tests.ports import free_ports

DOUBLE = Path(__file__).with_name("engine_double.py")


@pytest.fixture(scope="session")
def programs() -> None:
    ensure_runtime("host", say=print)


@pytest.fixture
def deployment(programs: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    folder = tmp_path_factory.mktemp("host")  # not tmp_path: supervisord's socket takes no more than 99 bytes
    engine = folder / "engine"
    engine.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{DOUBLE}" "$@"\n')
    engine.chmod(0o755)
    checkpoint = folder / "model"
    checkpoint.mkdir()
    (checkpoint / "config.json").write_text("{}")
    (checkpoint / "model.safetensors").write_text("weights")
    ports = free_ports(6)
    spec = {
        "name": "test-host",
        "runtime": "host",
        "engine": "sglang-cpu",
        "engine_python": str(engine),
        "checkpoint_path": str(checkpoint),
        "replicas": 2,
        "port": ports[0],
        "replica_port": ports[3],
        "startup_timeout": 60,
        "monitoring": {"prometheus_port": ports[1], "edge_metrics_port": ports[2], "grafana": False},
    }
    with deployed(Deployment(folder, spec)) as made:
        yield made
