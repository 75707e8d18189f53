"""GPUs that others use, sets that the spec names, and kinds of GPUs that do not go together."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.errors import PlanError
from generator.plan.text import plan_text
from tests.generator.planner.recorded_hosts import host, plan, sizes


def test_gpus_that_others_use_are_named_and_left_to_them() -> None:
    planned = plan(host("mixed", "qwen2.5-1.5b"))
    busy = host("mixed").gpus[3].uuid
    assert busy not in {gpu for replica in planned.replicas for gpu in replica.gpus}
    assert "chose GPUs without 3: it is used by python3.12 (pid 41230), 17.0 GiB" in plan_text(planned)


def test_own_processes_do_not_drive_the_plan_away() -> None:
    mixed = host("mixed", "qwen2.5-1.5b")
    own = tuple(
        replace(gpu, processes=tuple(replace(each, own=True) for each in gpu.processes)) for gpu in mixed.gpus
    )
    assert len(plan(replace(mixed, gpus=own)).replicas) == 4


def test_named_sets_stay_and_a_busy_one_is_warned_of() -> None:
    planned = plan(host("mixed", "qwen2.5-1.5b"), "replicas: [{gpus: [3]}]\n")
    assert planned.replicas[0].gpus == (host("mixed").gpus[3].uuid,)
    assert planned.warnings == ("GPU 3 of replica 0 is used by python3.12 (pid 41230), 17.0 GiB",)


def test_named_sets_are_judged_too() -> None:
    planned = plan(host("eight-h100", "llama-3.3-70b"), "replicas: [{gpus: [0, 1, 2, 3]}]\n")
    assert planned.layouts is not None
    assert planned.layouts.taken.name == "TP 4 x 1"
    with pytest.raises(PlanError, match="64 attention heads can't be divided by 3"):
        plan(host("eight-h100", "llama-3.3-70b"), "replicas: [{gpus: [0, 1, 2]}]\n")


def test_a_named_set_is_as_good_as_its_smallest_and_slowest_gpu() -> None:
    mixed = plan(host("mixed", "qwen3-14b"), "replicas: [{gpus: [1, 2]}]\n")
    small = plan(host("four-l4", "qwen3-14b"), "replicas: [{gpus: [0, 1]}]\n")
    assert "NVIDIA A100-PCIE-40GB and NVIDIA L4 in one set: all wait for the slowest" in mixed.warnings[0]
    assert mixed.layouts is not None
    assert small.layouts is not None
    assert mixed.layouts.taken.tokens <= small.layouts.taken.tokens


def test_a_named_set_without_room_is_told_though_another_has_it() -> None:
    planned = plan(host("mixed", "qwen3-14b"), "replicas: [{gpus: [0]}, {gpus: [2]}]\n")
    assert [warning.split(";")[0] for warning in planned.warnings] == [
        "replica-1: the model does not fit: 27.5 GiB of weights a GPU, 21.6 GiB free"
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("tensor_parallel_size: 2", "tensor_parallel_size: there are no 2 whole GPUs of one kind, and MIG"),
        (
            "replicas: [{gpus: [1]}]",
            r"replicas.0.gpus.0: GPU 1 is cut into MIG instances; name one of MIG-\S+, MIG",
        ),
        (
            "replicas: [{gpus: [MIG-71b20010-0000-5000-8000-000000000000, MIG-71b20011-0000-5000-8000-000000000001]}]",
            "replicas.0.gpus: MIG instances have no way to each other's memory",
        ),
    ],
)
def test_mig_instances_are_never_joined(text: str, fault: str) -> None:
    with pytest.raises(PlanError, match=fault) as refused:
        plan(host("mig", "qwen2.5-7b"), text)
    assert len(refused.value.faults) == 1


def test_sets_of_the_asked_size_are_of_one_kind() -> None:
    with pytest.raises(PlanError, match="there are no 3 whole GPUs of one kind"):
        plan(host("mixed"), "tensor_parallel_size: 3\n")


def test_a_count_is_held_against_the_sets_with_room() -> None:
    with pytest.raises(PlanError, match="3 x 1 GPU, and of its 3 only 2 make sets of one kind with room"):
        plan(host("mixed", "qwen3-14b"), "replicas: 3\ntensor_parallel_size: 1\n")


@pytest.mark.parametrize("sizes", ["tensor_parallel_size: 2", "replicas: [{gpus: [0]}]"])
def test_a_goal_that_decides_nothing_is_told(sizes: str) -> None:
    planned = plan(host("eight-h100", "llama-3.1-8b"), f"optimize: latency\n{sizes}\n")
    assert [choice.value for choice in planned.choices if choice.what == "optimize"] == ["ignored"]


def test_named_sets_hold_stages_times_ranks() -> None:
    text = "pipeline_parallel_size: 2\nreplicas: [{gpus: [0, 1, 2, 3]}]\n"
    assert sizes(plan(host("eight-h100", "llama-3.1-8b"), text)) == (1, 2, 2)
    with pytest.raises(PlanError, match="tensor_parallel_size 1 and pipeline_parallel_size 3"):
        plan(host("eight-h100", "llama-3.1-8b"), text.replace("_size: 2", "_size: 3"))


def test_a_refusal_tells_of_the_gpus_that_others_use() -> None:
    with pytest.raises(PlanError) as refused:
        plan(host("mixed", "llama-3.3-70b"), "tensor_parallel_size: 4\n")
    told = [fault.message for fault in refused.value.faults]
    assert told[-1] == "GPU 3 is not counted: it is used by python3.12 (pid 41230), 17.0 GiB"


def test_files_that_are_far_from_the_shape_are_told() -> None:
    facts = host("eight-h100", "llama-3.1-8b")
    assert facts.checkpoint is not None
    odd = replace(facts, checkpoint=replace(facts.checkpoint, bytes=40 << 30))
    assert plan(odd).warnings == (
        "by config.json the weights would have 15.0 GiB, and their files have 40.0: the layouts below may be computed wrong",
    )
    usual = replace(facts, checkpoint=replace(facts.checkpoint, bytes=16 << 30))
    assert not plan(usual).warnings


def test_without_a_shape_it_is_said_how_the_size_came_about() -> None:
    facts = host("eight-h100")
    assert facts.checkpoint is not None
    planned = plan(replace(facts, checkpoint=replace(facts.checkpoint, bytes=150 << 30)))
    assert "chose layout TP 4: the fewest whose memory holds the weights with a fifth to spare" in plan_text(
        planned
    )
    large = plan(replace(facts, checkpoint=replace(facts.checkpoint, bytes=900 << 30)))
    assert large.warnings == ("the weights have 900 GiB, and there are 637 GiB on 8 GPUs",)
