"""What the README shows of `make up` is what `up` prints, but for times and ports."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.host.packages import ensure_runtime
from tests.deployments import Deployment, deployed
from tests.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.host


def shown() -> str:
    """The block below the comment that names this file."""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return text.partition("checked by tests/e2e/test_readme_transcript.py -->")[2].split("```")[1].strip("\n")


def steady(text: str) -> list[str]:
    """Lines without what differs from run to run: times, durations, spacing, and the order of progress."""
    text = re.sub(r"\d{4}-\d\d-\d\dT[\d:]+Z", "TIME", text)
    text = re.sub(r"in \d+\.\d+ s", "in N s", text)
    text = re.sub(r"replica-\d( in)", r"replica-N\1", text)
    text = re.sub(r"with \d of 2", "with N of 2", text)
    lines = [re.sub(r" +", " ", line).rstrip() for line in text.splitlines()]
    kept = [line for line in lines if not re.match(r"^(replica-\d|edge|prometheus): ", line)]
    return [line for line in kept if line]


@pytest.fixture
def output(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """What `up` of the embedded default prints, on ports of its own that are put back to the default ones."""
    ensure_runtime("host", say=print)
    folder = tmp_path_factory.mktemp("readme")
    first, second, port, prometheus, metrics = free_ports(5)
    spec = {
        "name": "sglbox",
        "runtime": "host",
        "engine": "simulator",
        "port": port,
        "replica_port": first,
        "monitoring": {"prometheus_port": prometheus, "edge_metrics_port": metrics},
    }
    with deployed(Deployment(folder, spec)) as deployment:
        text = deployment.up().replace(str(folder / "build"), "build")
        for own, default in ((port, 8080), (prometheus, 9090), (first, 30000), (second, 30001)):
            text = text.replace(f":{own}", f":{default}")
        yield text


def test_the_transcript_is_true(output: str) -> None:
    assert steady(shown()) == steady(output)
