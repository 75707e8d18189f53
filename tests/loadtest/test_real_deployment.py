"""Two replicas of the real engine behind the real edge: one cached ratio, by three sources."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.host.packages import ensure_runtime
from loadtest.conclude import load_summary
from loadtest.record import load_run
from tests.deployments import ROOT, Deployment, deployed
from tests.engines.installation import SglangCpu
from tests.ports import free_ports

pytestmark = pytest.mark.host

PROFILE = """
about: eight system texts, asked about in turn
scenario:
  kind: shared-prefix
  groups: 8
  prompts_per_group: 5
  system_tokens: 1500
  question_tokens: 40
  output_tokens: 8
arrivals: {kind: closed, users: 3}
duration: 12
warmup: 2
drain: 30
lateness_limit: 30
"""
LOGGED = ["--log-requests", "--log-requests-level", "0", "--log-requests-format", "json"]


@pytest.fixture(scope="module")
def stack(sglang_cpu: SglangCpu, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    ensure_runtime("host", say=print)
    ports = free_ports(6)
    spec = {
        "name": "test-cached",
        "runtime": "host",
        "engine": "sglang-cpu",
        "engine_python": str(sglang_cpu.python),
        "checkpoint_path": str(sglang_cpu.model),
        "served_model_name": "tiny-llama",
        "replicas": 2,
        "port": ports[0],
        "replica_port": ports[3],
        "routing": "affinity",
        "extra_args": LOGGED,
        "monitoring": {"prometheus_port": ports[1], "edge_metrics_port": ports[2]},
        "startup_timeout": 300,
        "env_vars": {
            "OMP_NUM_THREADS": "1",
            "HF_HUB_OFFLINE": "1",
            "SGLANG_LOG_REQUEST_HEADERS": "x-request-id",
        },
    }
    with deployed(Deployment(tmp_path_factory.mktemp("cached"), spec)) as made:
        made.up()
        yield made


@pytest.fixture(scope="module")
def folder(stack: Deployment) -> Path:
    (stack.folder / "mine.yaml").write_text(PROFILE)
    done = loadtest(stack, "run", "--project=test-cached", "--profile=mine.yaml")
    assert done.returncode == 0, done.stdout
    (found,) = (stack.folder / "build/loadtest").iterdir()
    return found


def loadtest(stack: Deployment, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "loadtest", *arguments],
        cwd=stack.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=180,
    )


def test_responses_counters_and_logs_agree_within_a_point(stack: Deployment, folder: Path) -> None:
    logs = stack.directory / "logs"
    engines = [f"--engine-log={logs / f'replica-{number}.log'}" for number in range(2)]
    done = loadtest(stack, "crosscheck", str(folder), f"--edge-log={logs / 'edge.log'}", *engines)
    assert done.returncode == 0, done.stdout
    shares = [float(text) for text in re.findall(r"([\d.]+) %", done.stdout)]
    assert len(shares) == 3, done.stdout
    assert max(shares) - min(shares) <= 1.0
    _, records = load_run(folder)
    assert f"{len(records)} of {len(records)} answered requests are in both logs; 0 on" in done.stdout


def test_logs_that_miss_a_request_are_told(stack: Deployment, folder: Path) -> None:
    logs = stack.directory / "logs"
    one = loadtest(
        stack,
        "crosscheck",
        str(folder),
        f"--edge-log={logs / 'edge.log'}",
        f"--engine-log={logs / 'replica-0.log'}",
    )
    assert one.returncode == 1, one.stdout


def test_the_run_says_what_was_tested(folder: Path) -> None:
    run = load_summary(folder).run
    assert run.versions["engine's own"] == "0.5.23"
    assert list(run.deployment["replicas"]) == ["replica-0", "replica-1"]
    assert run.memory.keys() == {"replica-0", "replica-1", "edge"}
    assert all(held > 500 * 2**20 for held in (run.memory["replica-0"][0][1], run.memory["replica-1"][0][1]))
