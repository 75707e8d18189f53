"""`audit` beside a deployment of simulated replicas: what it sees of them before and after traffic and a load test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from generator.host.packages import ensure_runtime
from tests.deployments import ROOT, Deployment, deployed
from tests.e2e.clients import chat
from tests.eventually import eventually
from tests.ports import free_ports

pytestmark = pytest.mark.host

FAILED = 8


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Two replicas, up."""
    ensure_runtime("host", say=print)
    first, _, port, prometheus, metrics = free_ports(5)
    spec = {
        "name": "test-audit",
        "runtime": "host",
        "engine": "simulator",
        "port": port,
        "replica_port": first,
        "monitoring": {"prometheus_port": prometheus, "edge_metrics_port": metrics},
    }
    with deployed(Deployment(tmp_path_factory.mktemp("audit"), spec)) as made:
        made.up()
        yield made


def verdicts(stack: Deployment) -> dict[str, tuple[str, str]]:
    """Practice -> verdict and what was seen; some practice fails throughout, so the exit status is known."""
    done = stack.run("audit", "--json")
    assert done.returncode == FAILED, done.stdout
    return {each["practice"]: (each["verdict"], each["seen"]) for each in json.loads(done.stdout)}


def test_what_runs_is_looked_at(stack: Deployment) -> None:
    eventually(lambda: verdicts(stack)["metrics"][0] == "pass", "Prometheus does not see the replicas")
    found = verdicts(stack)
    assert found["metrics"][1].endswith("all answer")
    assert found["cached tokens"][0] == "not known"
    assert found["cached tokens"][1].endswith("prompt tokens so far, too few to tell")
    assert found["load test"] == ("fail", "none of this plan")


def test_repeated_prompts_are_counted(stack: Deployment) -> None:
    for _ in range(12):
        assert chat(stack.url, "The harbour saw ships, rain and gulls. " * 150).status_code == 200
    verdict, seen = verdicts(stack)["cached tokens"]
    assert verdict == "pass", seen


def test_a_load_test_of_this_plan_is_found(stack: Deployment) -> None:
    few = ("--users", "2", "--duration", "2", "--warmup", "0")
    done = subprocess.run(
        [sys.executable, "-m", "loadtest", "run", "--project", "test-audit", *few],
        cwd=stack.folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    # On a busy machine the run itself may be in doubt, but it is one of this plan.
    assert verdicts(stack)["load test"][1] != "none of this plan", done.stdout + done.stderr


def test_after_an_edit_nothing_that_was_seen_counts(stack: Deployment) -> None:
    stack.edit(limits={"requests_per_replica": 7})
    found = verdicts(stack)
    assert found["load test"] == ("fail", "none of this plan")
    assert found["cached tokens"] == ("not known", "what is rendered is of an earlier plan")
