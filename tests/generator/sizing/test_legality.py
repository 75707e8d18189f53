"""What SGLang 0.5.23 asserts of a cut, and the sentence for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.sizing.legality import why_illegal
from generator.sizing.weights import Split
from tests.generator.sizing.start_up_logs import model

EXPERTS_WHOLE = "an expert's 192 columns a GPU are no multiple of fp8's block of 128; --ep-size 8 would leave experts whole"


@pytest.mark.parametrize(
    ("name", "split", "reason"),
    [
        ("llama-3.1-8b", Split(8), ""),
        ("llama-3.1-8b", Split(3), "32 attention heads can't be divided by 3"),
        ("qwen2.5-7b", Split(7), "4 KV heads can't be spread evenly over 7 GPUs"),
        ("qwen2.5-1.5b", Split(4), ""),
        ("deepseek-v3", Split(16), ""),
        ("gpt-oss-20b", Split(8), ""),
        ("qwen3-235b-a22b-fp8", Split(4), ""),
        (
            "qwen3-235b-a22b-fp8",
            Split(8),
            EXPERTS_WHOLE,
        ),
        ("nemotron-3-nano", Split(8), ""),
        ("nemotron-3-nano", Split(16), "8 heads of linear attention can't be divided by 16"),
        ("phi-4", Split(4), "10 KV heads can't be spread evenly over 4 GPUs"),
        ("yi-34b", Split(7), "8 KV heads can't be spread evenly over 7 GPUs"),
        ("llama-4-maverick", Split(5), "8 KV heads can't be spread evenly over 5 GPUs"),
        ("gemma-4-26b-a4b", Split(8), ""),
        ("gemma-4-26b-a4b", Split(1, 2), ""),
        (
            "gemma-4-e4b",
            Split(1, 2),
            "SGLang can't cut a model with an embedding for every layer into pipeline stages",
        ),
        ("qwen3-next-80b", Split(2, 2), "SGLang can't cut Qwen3NextForCausalLM into pipeline stages"),
        ("falcon-h1-7b", Split(1, 2), "SGLang can't cut FalconH1ForCausalLM into pipeline stages"),
        ("nemotron-3-nano", Split(2, 2), ""),
        ("qwen2.5-32b-awq", Split(8), ""),
        ("llama-3.1-8b", Split(1, 4), ""),
        ("llama-3.1-8b", Split(1, 33), "32 layers make no 33 stages"),
    ],
)
def test_a_cut_is_legal_or_says_why_not(name: str, split: Split, reason: str) -> None:
    assert why_illegal(model(name), split) == reason


def test_groups_of_awq_are_not_cut() -> None:
    """Qwen2.5-72B-AWQ has 29568 columns: eight GPUs would cut its groups of 128."""
    wide = replace(model("qwen2.5-32b-awq"), intermediate=29568, heads=64)
    assert why_illegal(wide, Split(8)) == "the MLP's 3696 columns a GPU are no multiple of awq's block of 128"


def test_an_architecture_without_stages_says_so() -> None:
    gemma = replace(model("llama-3.1-8b"), name="GemmaForCausalLM")
    assert why_illegal(gemma, Split(1, 2)) == "SGLang can't cut GemmaForCausalLM into pipeline stages"


@pytest.mark.parametrize(
    ("groups", "tensor", "reason"),
    [
        (8, 8, ""),
        (4, 8, ""),
        (8, 4, "--ep-size 8 has to divide the TP size"),
        (2, 8, "an expert's 384 columns a GPU are no multiple of fp8's block of 256"),
    ],
)
def test_groups_of_experts_cut_each_less(groups: int, tensor: int, reason: str) -> None:
    """MiniMax M2 and Qwen3 235B in FP8 run on eight GPUs with `--ep-size 8`, and not without."""
    shape = model("qwen3-235b-a22b-fp8")
    assert shape.quantization is not None
    if groups == 2:
        shape = replace(shape, quantization=replace(shape.quantization, block=(256, 256)))
    assert why_illegal(shape, Split(tensor), expert_groups=groups) == reason


def test_experts_are_not_divided_over_more_groups_than_there_can_be() -> None:
    odd = model("granite-4-h-small")
    reason = "72 experts can't be divided by 16"
    assert why_illegal(replace(odd, linear_heads=0), Split(16), expert_groups=16) == reason
