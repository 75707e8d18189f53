"""Copies of the model within one replica: as many GPUs, one container, and a word on why replicas are better."""

from __future__ import annotations

import pytest

from generator.errors import PlanError
from generator.facts import HostFacts
from generator.plan.model import DeploymentPlan
from generator.planner import plan_deployment
from generator.spec import load_spec_text
from tests.generator.planner.recorded_hosts import host

TWO_HOSTS = "nodes: [{address: 10.0.0.1}, {address: 10.0.0.2}]\ntensor_parallel_size: 4\n"


def plan(text: str, facts: HostFacts) -> DeploymentPlan:
    spec = load_spec_text(f"checkpoint_path: /srv/m\ndata_parallel_size: 2\n{text}", source="test").spec
    return plan_deployment(spec, facts)


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("", (2, 2, 2, 2)),
        ("replicas: 1\n", (2,)),
        ("replicas: 1\ntensor_parallel_size: 4\n", (8,)),
        ("replicas: fit\ntensor_parallel_size: 2\n", (4, 4)),
    ],
)
def test_a_replica_has_the_gpus_of_all_its_copies(text: str, sizes: tuple[int, ...]) -> None:
    made = plan(text, host("eight-h100", "llama-3.1-8b"))
    assert tuple(len(replica.gpus) for replica in made.replicas) == sizes
    used = [gpu for replica in made.replicas for gpu in replica.gpus]
    assert len(set(used)) == len(used)
    argv = made.replicas[0].argv
    assert argv[argv.index("--dp-size") + 1] == "2"


def test_the_plan_says_what_replicas_would_do_better() -> None:
    made = plan("replicas: 1\n", host("eight-h100", "llama-3.1-8b"))
    (told,) = (choice.why for choice in made.choices if choice.value == "1 of 2 copies")
    assert "could fail, restart or be changed while the others serve" in told


def test_nothing_of_it_where_it_is_not_asked_for() -> None:
    spec = load_spec_text("checkpoint_path: /srv/m\n", source="test").spec
    made = plan_deployment(spec, host("eight-h100", "llama-3.1-8b"))
    assert not any("--dp-size" in replica.argv for replica in made.replicas)


def test_the_edge_admits_what_all_copies_take() -> None:
    made = plan("replicas: 1\n", host("eight-h100", "llama-3.1-8b"))
    assert made.replicas[0].max_connections == 512


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (TWO_HOSTS, "no copies over several hosts"),
        ("topology: disaggregated\n", "not to one of its copies"),
        ("routing: dynamo\n", "would take copies for one"),
        ("replicas: [{gpus: [0, 1]}]\n", "not for copies in them"),
        ("engine: sglang-cpu\n", "GPUs of their own"),
        ("extra_args: --attn-dp-size 2\n", "either copies or --attn-dp-size"),
        ("extra_args: --dp-size 2\n", "or `data_parallel_size`"),
    ],
)
def test_what_can_not_be_is_refused(text: str, fault: str) -> None:
    with pytest.raises(PlanError, match=fault):
        plan(text, host("eight-h100", "llama-3.1-8b"))


def test_mig_instances_are_no_place_for_copies() -> None:
    with pytest.raises(PlanError, match="2 copies of the model, and this host has room for 1"):
        plan("", host("mig", "qwen2.5-1.5b"))


def test_more_copies_than_there_is_room_for_are_refused() -> None:
    with pytest.raises(PlanError, match="2 copies of the model, and this host has room for 1"):
        plan("", host("one-l4", "qwen2.5-1.5b"))
