"""What the plan takes where the spec leaves it open, and what it says about what the spec asks for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from generator.errors import HostError, PlanError
from generator.facts import CheckpointFacts, HostFacts
from generator.host.record import read_facts
from generator.plan.model import DeploymentPlan
from generator.plan.text import plan_text
from generator.planner import plan_deployment
from generator.planner.layouts import every_layout
from generator.spec import load_spec_text
from tests.generator.sizing.start_up_logs import model

HOSTS = Path(__file__).parents[1] / "sizing" / "hosts"


def host(name: str, model_name: str = "") -> HostFacts:
    """A recorded host that has the model as a checkpoint; without its shape where no model is named."""
    facts = read_facts(HOSTS / f"{name}.json")
    shape = model(model_name) if model_name else None
    return replace(facts, checkpoint=CheckpointFacts("/srv/m", architecture=shape))


def plan(facts: HostFacts, text: str = "") -> DeploymentPlan:
    """The plan of a checkpoint, with more lines of spec."""
    spec = load_spec_text(f"checkpoint_path: /srv/m\n{text}", source="test").spec
    return plan_deployment(spec, facts)


def sizes(planned: DeploymentPlan) -> tuple[int, int, int]:
    """(replicas, TP, PP) as the engines get them."""
    argv = planned.replicas[0].argv
    stages = int(argv[argv.index("--pp-size") + 1]) if "--pp-size" in argv else 1
    return len(planned.replicas), int(argv[argv.index("--tp-size") + 1]), stages


@pytest.mark.parametrize(
    ("goal", "expected"),
    [("", (8, 1, 1)), ("throughput", (8, 1, 1)), ("latency", (1, 8, 1)), ("memory", (2, 4, 1))],
)
def test_the_goal_decides_where_the_spec_leaves_it_open(goal: str, expected: tuple[int, int, int]) -> None:
    text = f"optimize: {goal}\n" if goal else ""
    assert sizes(plan(host("eight-h100", "llama-3.1-8b"), text)) == expected


def test_a_model_too_large_for_one_gpu_is_spread() -> None:
    planned = plan(host("eight-h100", "llama-3.3-70b"))
    assert sizes(planned) == (2, 4, 1)
    assert planned.replicas[0].shm_size == "32g"


def test_where_heads_do_not_divide_stages_are_taken() -> None:
    three = host("four-3090", "qwen3-14b")
    assert sizes(plan(replace(three, gpus=three.gpus[:3]), "optimize: memory\n")) == (1, 1, 3)


def test_a_count_takes_the_smallest_sets_with_room() -> None:
    assert sizes(plan(host("eight-h100", "llama-3.1-8b"), "replicas: 2\n")) == (2, 1, 1)
    assert sizes(plan(host("eight-h100", "llama-3.1-8b"), "replicas: 2\noptimize: latency\n")) == (2, 4, 1)


def test_prompts_come_in_smaller_chunks_where_nothing_else_leaves_room() -> None:
    argv = plan(host("one-l4", "llama-3.1-8b")).replicas[0].argv
    assert argv[argv.index("--chunked-prefill-size") + 1] == "2048"
    given = plan(host("one-l4", "llama-3.1-8b"), "extra_args: --mem-fraction-static 0.85\n")
    assert "--chunked-prefill-size" not in given.replicas[0].argv
    chosen = plan(host("one-l4", "llama-3.1-8b"), "extra_args: --chunked-prefill-size 1024\n")
    assert chosen.replicas[0].argv.count("--chunked-prefill-size") == 1


def test_the_asked_size_is_taken_and_told() -> None:
    planned = plan(host("eight-h100", "llama-3.1-8b"), "tensor_parallel_size: 2\n")
    assert sizes(planned) == (4, 2, 1)
    assert planned.layouts is not None
    assert (planned.layouts.taken.name, planned.layouts.context) == ("TP 2 x 4", 131072)


def test_a_size_the_engine_refuses_is_a_fault() -> None:
    with pytest.raises(PlanError, match="TP 3: 32 attention heads can't be divided by 3"):
        plan(host("eight-h100", "llama-3.1-8b"), "tensor_parallel_size: 3\n")


def test_a_size_that_seems_too_small_is_a_warning_only() -> None:
    planned = plan(host("eight-h100", "llama-3.3-70b"), "tensor_parallel_size: 1\nreplicas: 1\n")
    assert planned.warnings[0].startswith("TP 1 does not fit: 131.4 GiB of weights a GPU, 78.6 GiB free;")


def test_a_context_with_no_room_is_a_warning() -> None:
    planned = plan(host("one-l4", "llama-3.1-8b"), "context_length: 32768\n")
    assert planned.warnings == (
        "context_length 32768: the KV cache of TP 1 x 1 has room for 23784 tokens, longer requests are refused",
    )


def test_a_context_beyond_the_models_own_is_a_fault_as_it_is_to_the_engine() -> None:
    known = host("eight-h100", "llama-3.1-8b")
    with pytest.raises(
        PlanError, match="context_length: 200000 tokens, and the model knows 131072; ask for less"
    ):
        plan(known, "context_length: 200000\n")
    with pytest.raises(PlanError, match=r"replicas\.0\.context_length: 200000 tokens"):
        plan(known, "replicas: [{gpus: [0], context_length: 200000}]\n")
    longer = "context_length: 200000\nenv_vars: {SGLANG_ALLOW_OVERWRITE_LONGER_CONTEXT_LEN: 1}\n"
    assert plan(known, longer).replicas


def test_a_model_that_drafts_is_not_cut_into_stages() -> None:
    three = host("four-3090", "qwen3-14b")
    text = "optimize: memory\nextra_args: --speculative-algorithm NGRAM\n"
    planned = plan(replace(three, gpus=three.gpus[:3]), text)
    assert sizes(planned)[2] == 1
    assert planned.layouts is not None
    assert any("needs the whole model in one stage" in each.reason for each in planned.layouts.rejected)


def test_a_fraction_that_leaves_next_to_nothing_is_warned_of() -> None:
    four = host("four-l4", "qwen2.5-7b")
    planned = plan(four, "extra_args: --mem-fraction-static 0.97\n")
    assert planned.warnings[0].startswith("--mem-fraction-static 0.97 leaves 0.7 GiB a GPU for activations")
    assert plan(four, "extra_args: --mem-fraction-static 0.85\n").warnings == ()
    assert plan(four, "replicas: [{gpus: [0]}]\nextra_args: --mem-fraction-static 0.97\n").warnings


def test_a_model_that_fits_nowhere_is_a_fault() -> None:
    with pytest.raises(PlanError, match="no layout has room for the model; TP 8 does not fit"):
        plan(host("eight-h100", "deepseek-v3"))


def test_more_replicas_than_there_is_room_for_is_a_fault() -> None:
    with pytest.raises(
        PlanError, match="9 replicas of this model, and this host has room for 8; at most 8 fit"
    ):
        plan(host("eight-h100", "llama-3.1-8b"), "replicas: 9\n")


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
    with pytest.raises(PlanError, match="3 x 1 GPUs, and of its 3 only 2 make sets of one kind with room"):
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


def test_a_shape_nobody_knows_is_sized_by_its_weights() -> None:
    unknown = host("eight-h100")
    assert sizes(plan(unknown)) == (8, 1, 1)
    large = replace(unknown, checkpoint=CheckpointFacts("/srv/m", bytes=141_000_000_000))
    planned = plan(large)
    assert sizes(planned) == (2, 4, 1)
    assert planned.layouts is None


def test_sets_follow_the_links() -> None:
    mixed = host("mixed", "llama-3.1-8b")
    planned = plan(mixed, "tensor_parallel_size: 2\nreplicas: 1\n")
    assert planned.replicas[0].gpus == (mixed.gpus[0].uuid, mixed.gpus[1].uuid)


def test_why_there_are_no_layouts_to_look_at() -> None:
    spec = load_spec_text("checkpoint_path: /srv/m\n", source="test").spec
    for name, why in (
        ("no-gpu", "has no GPU"),
        ("eight-mi300x", "GPUs are AMD's"),
        ("one-l4", "config.json"),
    ):
        with pytest.raises(HostError, match=f"no layouts to look at: .*{why}"):
            every_layout(spec, host(name))


def test_gpus_of_amd_are_not_planned_for() -> None:
    with pytest.raises(HostError, match="8 x AMD Instinct MI300X"):
        plan(host("eight-mi300x", "llama-3.1-8b"))
    with pytest.raises(PlanError, match="GPUs are AMD's"):
        plan(host("eight-mi300x", "llama-3.1-8b"), "engine: sglang\n")


def test_the_plan_text_tells_the_search() -> None:
    lines = plan_text(plan(host("eight-h100", "llama-3.3-70b"), "context_length: 32768\n")).splitlines()
    start = lines.index("layout TP 4 x 2 for contexts of 32768 tokens, estimated")
    told = [line.split(":")[0] for line in lines[start + 1 : start + 12]]
    assert told[:7] == [
        "  taken TP 4 x 2",
        "  or TP 8 x 1",
        "  or TP 2 PP 2 x 2",
        "  or TP 4 PP 2 x 1",
        "  for throughput",
        "  for latency",
        "  for memory",
    ]
    assert told[7] == "  not TP 1"
    assert "24 contexts" in lines[start + 1]


def test_roles_get_the_smallest_sets_with_room() -> None:
    text = "topology: disaggregated\n"
    assert sizes(plan(host("eight-h100", "llama-3.1-8b"), text)) == (2, 1, 1)
    assert sizes(plan(host("eight-h100", "llama-3.3-70b"), text)) == (2, 2, 1)
    planned = plan(host("eight-h100", "llama-3.3-70b"), f"{text}context_length: 65536\n")
    assert sizes(planned) == (2, 4, 1)
    assert planned.warnings == ()
    with pytest.raises(PlanError, match="topology: 2 replicas have no room for the model; TP 4 does not fit"):
        plan(host("eight-l4", "llama-3.3-70b"), text)


def test_roles_get_the_gpus_that_have_room() -> None:
    mixed = host("mixed", "qwen3-14b")
    small_first = replace(mixed, gpus=(mixed.gpus[2], *mixed.gpus[:2]))
    planned = plan(small_first, "topology: disaggregated\n")
    assert {replica.gpus for replica in planned.replicas} == {(gpu.uuid,) for gpu in mixed.gpus[:2]}
    text = "topology: disaggregated\nprefill: {replicas: 2}\ndecode: {replicas: 2}\n"
    with pytest.raises(
        PlanError, match=r"TP 1 leaves no KV cache: 2\.9 GiB of weights a GPU, more than .* 4\.\d GiB"
    ):
        plan(host("mig", "qwen2.5-1.5b"), text)


def test_roles_are_told_in_the_layout_and_partners_stay_together() -> None:
    text = "topology: disaggregated\ntensor_parallel_size: 2\nprefill: {replicas: 1}\ndecode: {replicas: 3}\n"
    planned = plan(host("eight-l4", "qwen2.5-7b"), text)
    assert planned.layouts is not None
    assert planned.layouts.taken is not None
    assert planned.layouts.taken.name == "TP 2 x 1 prefill + 3 decode"
    nodes = {gpu.uuid: gpu.numa for gpu in host("eight-l4").gpus}
    assert all(len({nodes[gpu] for gpu in replica.gpus}) == 1 for replica in planned.replicas)
