"""Recorded facts read back as they were, and a file that holds none says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import HostError
from generator.facts import DockerFacts, Gpu, HostFacts
from generator.host.record import read_facts, write_facts

FACTS = HostFacts(
    cpus=8,
    gpus=(Gpu(0, "GPU-8a1b", "NVIDIA H100", 85_899_345_920),),
    driver="580.65.06",
    cuda=(13, 0),
    docker=DockerFacts(engine=(28, 5, 2), compose=(2, 40, 3), nvidia=True),
    subnets_in_use=("10.0.0.0/8",),
)


def test_facts_survive_a_file(tmp_path: Path) -> None:
    write_facts(FACTS, tmp_path / "facts.json")
    assert read_facts(tmp_path / "facts.json") == FACTS


def test_a_file_without_facts_is_refused_with_its_name(tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text('{"cpus": "many"}')
    with pytest.raises(HostError, match=r"facts\.json holds no facts of a host"):
        read_facts(file)
    with pytest.raises(HostError, match=r"none\.json can't be read: No such file"):
        read_facts(tmp_path / "none.json")
