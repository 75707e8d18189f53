"""The stand-ins of collector, Tempo and Loki are hard on mistakes; what is right they take in e2e/test_compose_tracing.py."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from generator import images as names
from generator.facts import DockerFacts, HostFacts
from generator.planner import plan_deployment
from generator.render import render
from generator.spec import load_spec_text
from tests.docker.engine import Engine

pytestmark = pytest.mark.usefixtures("images")

COMMANDS = {
    "collector/config.yaml": (names.COLLECTOR, "/otelcol-contrib", "--config="),
    "tempo/tempo.yaml": (names.TEMPO, "/tempo", "-config.file="),
    "loki/loki.yaml": (names.LOKI, "/usr/bin/loki", "-config.file="),
}


@dataclass(frozen=True)
class Slip:
    """In a file of the kit, and what is said to it."""

    file: str
    right: str
    wrong: str
    said: str


SLIPS = (
    Slip("collector/config.yaml", "listen_address", "listen_adress", "field listen_adress not found"),
    Slip("collector/config.yaml", "exporters: [nop]", "exporters: [nope]", "references exporters 'nope'"),
    Slip("tempo/tempo.yaml", "block_retention", "retention", "field retention not found"),
    Slip("loki/loki.yaml", "retention_period", "retention", "field retention not found"),
    Slip("loki/loki.yaml", "schema: v13", "schema: 13", "13 is none of ['v13']"),
)


@pytest.mark.parametrize("slip", SLIPS, ids=lambda slip: slip.wrong)
def test_a_slip_is_named(docker_engine: Engine, tmp_path: Path, slip: Slip) -> None:
    spec = load_spec_text("monitoring: {tracing: true}", source="deployment.yaml").spec
    text = render(plan_deployment(spec, HostFacts(docker=DockerFacts((28,)))))[slip.file]
    assert slip.right in text
    (tmp_path / "file.yaml").write_text(text.replace(slip.right, slip.wrong))
    image, program, flag = COMMANDS[slip.file]
    # One that starts would run for ever.
    options = ("--volume", f"{tmp_path}/file.yaml:/file.yaml:ro", "--entrypoint", "timeout")
    done = docker_engine.try_docker("run", "--rm", *options, image, "20", program, f"{flag}/file.yaml")
    assert done.returncode == 1
    assert slip.said in done.stderr
