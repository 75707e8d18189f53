"""What SGLang 0.5.23 asserts of a cut, and the sentence for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.sizing.legality import why_illegal
from generator.sizing.weights import Split
from tests.generator.sizing.start_up_logs import model


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
            "an expert's 192 columns a GPU are no multiple of fp8's block of 128",
        ),
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
