"""What the plan takes where the spec leaves it open, and what it says about what the spec asks for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.errors import HostError, PlanError
from generator.facts import CheckpointFacts
from generator.plan.model import DeploymentPlan
from generator.plan.text import plan_text
from generator.planner.layouts import every_layout
from generator.sizing.quantization import Quantization
from generator.spec import load_spec_text
from tests.generator.planner.recorded_hosts import host, plan, sizes


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


def test_groups_of_experts_lead_to_the_size_they_divide() -> None:
    """On eight GPUs each would have 192 columns of an expert, and FP8's blocks have 128."""
    facts = host("eight-h100", "qwen3-235b-a22b-fp8")
    assert sizes(plan(facts, "extra_args: --ep-size 8\n")) == (1, 8, 1)
    with pytest.raises(PlanError, match="--ep-size 8 would leave experts whole"):
        plan(facts, "tensor_parallel_size: 8\n")


def test_kv_is_kept_as_the_checkpoint_says() -> None:
    facts = host("one-l4", "qwen2.5-1.5b")
    assert facts.checkpoint is not None
    shape = facts.checkpoint.architecture
    assert shape is not None
    stored = replace(shape, quantization=Quantization("fp8", 8.0, kv_fp8=True))
    told = replace(facts, checkpoint=replace(facts.checkpoint, architecture=stored))
    texts = ("", "extra_args: --kv-cache-dtype fp8_e4m3\n", "extra_args: --kv-cache-dtype bfloat16\n")
    by_itself, given, wide = (tokens(plan(told, text)) for text in texts)
    assert by_itself == given > 1.9 * wide


def tokens(planned: DeploymentPlan) -> int:
    assert planned.layouts is not None
    assert planned.layouts.taken is not None
    return planned.layouts.taken.tokens


def test_a_pool_below_one_context_is_told() -> None:
    text = plan_text(plan(host("one-l4", "llama-3.1-8b")))
    assert "tokens, no whole context, " in text
