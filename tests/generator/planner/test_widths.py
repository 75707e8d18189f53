"""Sizes of groups in `extra_args` have to divide the TP size, as SGLang 0.5.23 asserts."""

from __future__ import annotations

import pytest

from generator.errors import PlanError
from generator.facts import CheckpointFacts, DockerFacts, Gpu, HostFacts
from generator.plan.model import DeploymentPlan
from generator.planner import plan_deployment
from generator.spec import load_spec_text

HOST = HostFacts(
    gpus=tuple(Gpu(index, f"GPU-{index}", "H100", 80 << 30) for index in range(8)),
    docker=DockerFacts((28, 5, 2), (2, 40, 3), nvidia=True),
    checkpoint=CheckpointFacts("/srv/model", 1 << 30),
)
SPEC = "checkpoint_path: /srv/model\ntensor_parallel_size: 4\n"


def plan(text: str) -> DeploymentPlan:
    return plan_deployment(load_spec_text(SPEC + text, source="deployment.yaml").spec, HOST)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "extra_args: --attn-dp-size 3",
            "it has to divide it; --attn-dp-size may be 1, 2, 4",
        ),
        ("extra_args: --attn-dp-size=8", "--attn-dp-size 8 with tensor_parallel_size 4"),
        ("extra_args: --attn-dp-size 0", "--attn-dp-size 0 with tensor_parallel_size 4"),
        ("extra_args: --ep 3", "refuses --ep-size 3"),
        ("extra_args: --expert-parallel-size=8", "refuses --ep-size 8"),
        (
            "extra_args: --moe-dp-size 2 --ep-size 4",
            "--ep-size 4 --moe-dp-size 2 with tensor_parallel_size 4",
        ),
        ("extra_args: --attn-dp-size 4 --attn-cp-size 2", "their product has to divide it"),
        (
            "replicas:\n- gpus: [0, 1, 2, 3]\n- gpus: [4, 5, 6, 7]\n  extra_args: --ep-size 3",
            "replicas.1.extra_args: SGLang refuses --ep-size 3",
        ),
        (
            "topology: disaggregated\ndecode: {extra_args: --attn-dp-size 3}",
            "decode.extra_args: SGLang refuses --attn-dp-size 3",
        ),
    ],
)
def test_groups_that_do_not_divide_the_set_are_refused(text: str, fault: str) -> None:
    with pytest.raises(PlanError) as refused:
        plan(text)
    assert fault in str(refused.value)


def test_experts_in_groups_of_groups_take_the_whole_set() -> None:
    text = "checkpoint_path: /srv/model\ntensor_parallel_size: 8\nextra_args: --moe-dp-size 2 --ep-size {}"
    assert plan_deployment(load_spec_text(text.format(4), source="").spec, HOST).replicas
    with pytest.raises(PlanError, match="their product has to be the same"):
        plan_deployment(load_spec_text(text.format(2), source="").spec, HOST)


def test_a_fault_of_all_replicas_is_told_once() -> None:
    with pytest.raises(PlanError) as refused:
        plan("replicas: 2\nextra_args: --ep-size 3")
    assert len(refused.value.faults) == 1


@pytest.mark.parametrize(
    "words",
    [
        "--attn-dp-size 2",
        "--attn-dp-size 4 --ep-size 4",
        "--ep-size 3 --moe-a2a-backend deepep",
        "--attn-dp-size 2 --attn-cp-size 2",
    ],
)
def test_groups_that_divide_it_are_taken(words: str) -> None:
    assert plan(f"extra_args: {words}").replicas


def test_without_gpus_and_a_size_nobody_knows_the_set() -> None:
    text = "engine: simulator\nextra_args: --attn-dp-size 8"
    assert plan_deployment(load_spec_text(text, source="deployment.yaml").spec, HOST).replicas
