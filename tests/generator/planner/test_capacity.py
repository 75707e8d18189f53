"""CPUs and memory of a replica: bounded where the spec says so and containers can be held to it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.errors import PlanError
from generator.plan.text import plan_text
from tests.generator.runtime.situations import GPU_HOST, plan_of

HOST = replace(GPU_HOST, cpus=16)
BOUNDED = "checkpoint_path: /models/m\ncpus: 7.5\nmemory: 20g\n"


def test_without_a_word_nothing_is_bounded() -> None:
    plan = plan_of("checkpoint_path: /models/m", facts=HOST)
    assert {(replica.cpus, replica.memory) for replica in plan.replicas} == {(0, "")}


def test_each_replica_gets_what_the_spec_says() -> None:
    plan = plan_of(BOUNDED, facts=HOST)
    assert {(replica.cpus, replica.memory) for replica in plan.replicas} == {(7.5, "20g")}
    assert "  cpus 7.5\n  memory 20g\n" in plan_text(plan)


def test_more_cpus_than_there_are_is_refused() -> None:
    with pytest.raises(PlanError, match="17 CPUs a replica, and this host has 16"):
        plan_of("checkpoint_path: /models/m\ncpus: 17", facts=HOST)


def test_the_docker_engine_s_machine_counts_where_it_is_another() -> None:
    assert HOST.docker
    smaller = replace(HOST, docker=replace(HOST.docker, cpus=4))
    with pytest.raises(PlanError, match=r"7\.5 CPUs a replica, and this host has 4"):
        plan_of(BOUNDED, facts=smaller)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("engine: simulator\n", "a simulated engine needs neither"),
        ("runtime: host\nengine: sglang\n", "processes are not held to them"),
    ],
)
def test_where_nothing_is_held_to_it_the_plan_says_so(text: str, why: str) -> None:
    plan = plan_of(text + BOUNDED.replace("7.5", "99"), facts=HOST)
    assert {(replica.cpus, replica.memory) for replica in plan.replicas} == {(0, "")}
    assert f"  chose cpus and memory not bounded: {why}\n" in plan_text(plan)
