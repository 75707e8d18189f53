"""The load test as a service of a deployment: in its network, with its key and certificate, reports outside."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from loadtest.conclude import load_summary
from loadtest.record import load_run
from tests.deployments import ROOT, Deployment, operations
from tests.e2e.conftest import Compose

PROFILE = """
about: a test
scenario:
  kind: shared-prefix
  groups: 2
  prompts_per_group: 4
  system_tokens: 400
  question_tokens: 20
  output_tokens: 16
arrivals: {kind: constant, rate: 8}
duration: 4
warmup: 0
drain: 10
lateness_limit: 30
"""


@pytest.fixture(scope="module")
def stack(lasting_compose: Compose, tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    keys = tmp_path_factory.mktemp("keys") / "keys"
    keys.write_text("")
    made = lasting_compose("loadtest", replicas=2, api_keys_file=str(keys), tls="self-signed")
    made.up()
    return made


def loadtest(stack: Deployment, *arguments: str) -> subprocess.CompletedProcess[str]:
    (stack.folder / "mine.yaml").write_text(PROFILE)
    return subprocess.run(
        [sys.executable, "-m", "loadtest", *arguments],
        cwd=stack.folder,
        env={**os.environ, **stack.environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=180,
    )


def folder_of(stack: Deployment, done: subprocess.CompletedProcess[str]) -> Path:
    assert done.returncode == 0, done.stdout
    (report,) = re.findall(r"^report: (\S+)", done.stdout, re.MULTILINE)
    return (stack.folder / report).parent


def test_a_run_inside_reports_outside_and_sees_the_engines(stack: Deployment) -> None:
    done = loadtest(stack, "inside", "run", "--profile", "mine.yaml", "--workers", "2")
    folder = folder_of(stack, done)
    run, records = load_run(folder)
    assert run.url == "https://127.0.0.1:8080", "the edge's own port, not the published one"
    assert run.deployment["project"] == stack.spec["name"]
    assert {record.replica for record in records} == {"replica-0", "replica-1"}
    assert {record.worker for record in records} == {0, 1}
    assert run.counters, "the replicas' metrics are within reach"
    assert (load_summary(folder).cache.disagreement or 0.0) < 0.01
    assert (folder / "report.html").stat().st_uid == os.getuid()


def test_a_run_outside_sees_what_containers_hold(stack: Deployment) -> None:
    folder = folder_of(
        stack, loadtest(stack, "run", f"--project={stack.spec['name']}", "--profile=mine.yaml")
    )
    run, _ = load_run(folder)
    assert run.url == stack.url.replace("http:", "https:")
    assert run.memory.keys() == {"replica-0", "replica-1", "edge"}
    assert all(held > 2**20 for samples in run.memory.values() for _, held in samples)


def test_up_leaves_the_load_test_alone(stack: Deployment) -> None:
    assert operations(stack.up()) == []
    assert "loadtest" not in stack.status()
