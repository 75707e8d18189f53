"""A sweep over settings of a deployment: each is really brought up, and the spec itself in the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from ruamel.yaml import YAML

from generator.host.packages import ensure_runtime
from loadtest.record import load_run
from loadtest.sweep.record import load_sweep
from tests.deployments import ROOT, Deployment, deployed
from tests.loadtest.command import OPEN
from tests.ports import free_ports

pytestmark = pytest.mark.host


@pytest.fixture
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    ensure_runtime("host", say=print)
    ports = free_ports(6)
    spec = {
        "name": "test-matrix",
        "runtime": "host",
        "engine": "simulator",
        "replicas": 2,
        "port": ports[0],
        "replica_port": ports[3],
        "monitoring": {"prometheus_port": ports[1], "edge_metrics_port": ports[2]},
        "simulator": {"startup_seconds": 0.2},
    }
    with deployed(Deployment(tmp_path_factory.mktemp("matrix"), spec)) as made:
        yield made


def test_every_setting_is_deployed_measured_and_taken_back(stack: Deployment) -> None:
    stack.write()
    (stack.folder / "mine.yaml").write_text(OPEN)
    argv = [sys.executable, "-m", "loadtest", "sweep", "--profile=mine.yaml", "--rate=5", "--duration=1"]
    vary = ["--vary=replicas+tensor_parallel_size=2+1,1+2", "--vary=--max-running-requests=4"]
    done = subprocess.run(
        [*argv, "--project=test-matrix", "--spec=deployment.yaml", *vary],
        cwd=stack.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    (folder,) = (stack.folder / "build/loadtest").glob("*-sweep-mine")
    steps = load_sweep(folder).steps
    runs = [load_run(folder / step.folder)[0] for step in steps]
    assert [step.setting.split(", ")[:2] for step in steps] == [
        ["replicas 2", "tensor_parallel_size 1"],
        ["replicas 1", "tensor_parallel_size 2"],
    ]
    assert [len(run.deployment["replicas"]) for run in runs] == [2, 1]
    assert ["--tp-size 2" in run.deployment["flags"] for run in runs] == [False, True]
    assert all("--max-running-requests 4" in run.deployment["flags"] for run in runs)
    assert len({run.plan_digest for run in runs}) == 2
    assert_as_before(stack)


def assert_as_before(stack: Deployment) -> None:
    """The spec that the sweep began with is what runs, and nothing of the sweep lies about."""
    plan = json.loads((stack.directory / "plan.json").read_text())
    assert len(plan["replicas"]) == 2
    assert "--max-running-requests" not in plan["replicas"][0]["argv"]
    assert {row["phase"] for row in stack.status().values()} == {"ready"}
    assert [file.name for file in stack.folder.glob("*.yaml")] == ["deployment.yaml", "mine.yaml"]
    assert YAML(typ="safe").load(stack.folder / "deployment.yaml")["replicas"] == 2
