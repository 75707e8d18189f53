"""Containers reach GPUs through a registered runtime, and a driver that answers."""

from __future__ import annotations

from dataclasses import replace

from generator.doctor.nvidia import TOOLKIT, check_nvidia
from tests.generator.doctor.subjects import DOCKER, DOCKER_HOST, GPU_HOST, subject


def test_a_registered_runtime_is_well() -> None:
    assert [finding.status for finding in check_nvidia(subject(GPU_HOST))] == ["ok"]


def test_without_the_toolkit_the_remedy_is_to_set_it_up() -> None:
    host = replace(GPU_HOST, docker=replace(DOCKER, nvidia=False))
    (finding,) = check_nvidia(subject(host))
    assert (finding.status, finding.remedy) == ("fail", TOOLKIT)


def test_a_rootless_engine_needs_another_setting() -> None:
    host = replace(GPU_HOST, docker=replace(DOCKER, rootless=True))
    (finding,) = check_nvidia(subject(host))
    assert finding.status == "warn"
    assert "no-cgroups = true" in finding.remedy


def test_a_driver_that_does_not_answer_is_found_though_the_simulator_needs_none() -> None:
    host = replace(DOCKER_HOST, driver_problem="Driver/library version mismatch")
    (finding,) = check_nvidia(subject(host, engine="simulator"))
    assert (finding.status, finding.found) == ("fail", "Driver/library version mismatch")
