"""CPUs and memory, of the machine that will run the replicas."""

from __future__ import annotations

from dataclasses import replace

from generator.doctor.capacity import check_capacity
from tests.generator.doctor.subjects import DOCKER, DOCKER_HOST, GIB, PLAIN_HOST, subject


def test_two_simulators_fit_anywhere() -> None:
    assert [finding.status for finding in check_capacity(subject(PLAIN_HOST))] == ["ok", "ok"]


def test_cpu_engines_hold_their_weights_in_memory() -> None:
    examined = subject(PLAIN_HOST, engine="sglang-cpu", replicas=4, hf_model_handle="org/m-1B")
    cpus, memory = check_capacity(examined)
    assert (cpus.status, cpus.needed) == ("warn", "4 for 4 replica(s)")
    assert (memory.status, memory.found, memory.needed) == ("fail", "4.0 GiB", "16.0 GiB")


def test_under_compose_the_machine_of_the_engine_counts() -> None:
    remote = replace(DOCKER_HOST, docker=replace(DOCKER, cpus=64, memory_bytes=256 * GIB))
    assert [finding.found for finding in check_capacity(subject(remote))] == ["64", "256.0 GiB"]
