"""Families whose config.json has words, layers or heads of its own: what they come to.

Parameters in billions are those of the models that transformers builds of these files, and of their names.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from generator.sizing.config_json import read_architecture
from generator.sizing.fit import Demand, fit
from generator.sizing.kv_cache import kv_share, token_bytes
from generator.sizing.reserve import static_fraction
from generator.sizing.weights import WHOLE, active_parameters, weight_bytes
from tests.generator.sizing.start_up_logs import model


@pytest.mark.parametrize(
    ("name", "billions"),
    [
        ("command-r-plus", 103.8),
        ("ernie-4.5-21b", 21.83),
        ("exaone-3.5-7.8b", 7.82),
        ("falcon-h1-7b", 7.59),
        ("gemma-3-12b", 11.77),
        ("gemma-4-26b-a4b", 25.2),
        ("glm-4.5-air", 106.85),
        ("granite-4-h-small", 32.21),
        ("kimi-linear-48b", 49.12),
        ("llama-4-maverick", 400.7),
        ("mimo-v2-flash", 308.8),
        ("nemotron-3-nano", 31.58),
        ("nemotron-3-super", 120.67),
        ("phi-4", 14.66),
        ("qwen3-next-80b", 79.7),
        ("qwen3.6-27b", 26.9),
        ("yi-34b", 34.39),
    ],
)
def test_parameters(name: str, billions: float) -> None:
    plain = replace(model(name), quantization=None, dtype_bytes=1)
    assert weight_bytes(plain) / 1e9 == pytest.approx(billions, rel=0.01)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        # Six of 52 layers have attention, with 2 heads of 128.
        ("nemotron-3-nano", 6 * 2 * 256 * 2),
        # Attention and a state side by side.
        ("falcon-h1-7b", 44 * 2 * 256 * 2),
        ("granite-4-h-small", 4 * 8 * 256 * 2),
        ("qwen3-next-80b", 12 * 2 * 512 * 2),
        # Latent vectors in 7 of 27 layers.
        ("kimi-linear-48b", 7 * (512 + 64) * 2),
        # Full layers have fewer and wider heads than those of the window.
        ("gemma-4-26b-a4b", (5 * 2 * 1024 + 0.8 * 25 * 8 * 512) * 2),
        # Values are narrower than keys, and full layers have half the heads.
        ("mimo-v2-flash", (9 * 4 * 320 + 0.8 * 39 * 8 * 320) * 2),
        # A window, and SGLang keeps it like the rest.
        ("gemma-3-12b", 48 * 8 * 512 * 2),
        ("llama-4-maverick", (12 + 0.8 * 36) * 8 * 256 * 2),
    ],
)
def test_kv_of_a_token(name: str, expected: float) -> None:
    assert token_bytes(model(name), WHOLE) == expected


def test_an_index_beside_latents_changes_what_8_bits_take() -> None:
    """GLM 5 and DeepSeek V3.2 store scales, and the rotary part in 16 bits."""
    assert token_bytes(model("glm-5-fp8"), WHOLE) == 78 * (576 * 2 + 132)
    assert token_bytes(model("glm-5-fp8"), WHOLE, kv_type="fp8") == 78 * (512 + 16 + 128 + 132)
    assert token_bytes(model("deepseek-v3"), WHOLE, kv_type="fp8") == 61 * 576


def test_every_layers_own_embedding_counts() -> None:
    small = model("gemma-4-e4b")
    assert small.layer_table == 262144 * 42 * 256
    without = replace(small, layer_table=0)
    assert weight_bytes(small) - weight_bytes(without) == 2 * small.layer_table


def test_states_take_their_share_of_the_pool() -> None:
    shared = [
        name for name in ("nemotron-3-nano", "falcon-h1-7b", "gemma-3-12b") if kv_share(model(name)) < 1
    ]
    assert shared == ["nemotron-3-nano", "falcon-h1-7b"]


def test_states_bound_the_requests_that_run_at_once() -> None:
    """On one H100 the pool of Qwen3.6 27B has KV for 31 contexts of 4096 tokens, and states for nine requests."""
    found = fit(Demand(model("qwen3.6-27b")), WHOLE, 81559 << 20)
    assert (found.tokens // 4096, found.requests, found.contexts(4096)) == (31, 9, 9)
    assert fit(Demand(model("llama-3.1-8b")), WHOLE, 81559 << 20).requests is None


def test_a_pool_without_room_for_a_state_is_none() -> None:
    shape = model("qwen3.6-27b")
    huge = replace(shape, state_bytes=shape.state_bytes * 20)
    found = fit(Demand(huge), WHOLE, 81559 << 20)
    assert found.tokens > 0
    assert not found.fits


@pytest.mark.parametrize(
    ("name", "billions"), [("nemotron-3-super", 12), ("gemma-4-26b-a4b", 3.8), ("qwen3-next-80b", 3.9)]
)
def test_a_token_meets_few_of_the_experts(name: str, billions: float) -> None:
    assert active_parameters(model(name)) / 1e9 == pytest.approx(billions, rel=0.25)


LLAMA = {
    "architectures": ["LlamaForCausalLM"],
    "num_hidden_layers": 4,
    "num_attention_heads": 8,
    "hidden_size": 64,
    "vocab_size": 512,
}


@pytest.mark.parametrize(
    "broken",
    [
        {"num_hidden_layers": 0},
        {"num_hidden_layers": -3},
        {"num_hidden_layers": 3.5},
        {"hidden_size": "64"},
        {"intermediate_size": {"a": 1}},
        {"rope_scaling": "yarn", "max_position_embeddings": 4096},
        {"quantization_config": {"quant_method": "fp8", "weight_block_size": [128]}},
        {"layer_types": 7},
        {"num_hidden_layers": 10**9},
        {"num_key_value_heads": "8"},
        {"num_experts": 8, "num_experts_per_tok": "2"},
        {"kv_lora_rank": "512", "qk_nope_head_dim": 1, "qk_rope_head_dim": 1, "v_head_dim": 1},
        {"hybrid_override_pattern": "M?"},
        {"architectures": ["DeepseekV4ForCausalLM"]},
        {"architectures": ["JambaForCausalLM"]},
    ],
)
def test_what_is_not_understood_is_nothing_and_no_number(broken: dict[str, object]) -> None:
    assert read_architecture(LLAMA) is not None
    assert read_architecture({**LLAMA, **broken}) is None


def test_other_words_for_the_same() -> None:
    names = {"n_layer": 4, "n_head": 8, "n_embd": 64, "vocab_size": 512, "multi_query": True}
    found = read_architecture(
        {"architectures": ["GPTBigCodeForCausalLM"], "model_type": "gpt_bigcode", **names}
    )
    assert found is not None
    assert (found.layers, found.heads, found.kv_heads, found.hidden) == (4, 8, 1, 64)
    assert found.tied_embeddings


def test_what_a_part_leaves_out_is_its_familys() -> None:
    part = {"model_type": "llama", "vocab_size": 32064}
    found = read_architecture({"architectures": ["LlavaForConditionalGeneration"], "text_config": part})
    assert found is not None
    assert (found.layers, found.hidden, found.intermediate, found.vocabulary) == (32, 4096, 11008, 32064)


def test_a_pruned_model_has_the_mean_of_its_blocks() -> None:
    """Nemotron Super: factors of the hidden size, and attention that some layers lack."""
    here, gone = {"attention": {"n_heads_in_group": 4}}, {"attention": {"n_heads_in_group": None}}
    blocks = [{**gone, "ffn": {"ffn_mult": 6}}, {**here, "ffn": {"ffn_mult": 12}}]
    found = read_architecture(
        {**LLAMA, "num_hidden_layers": 2, "num_key_value_heads": None, "block_configs": blocks}
    )
    assert found is not None
    assert (found.kv_heads, found.intermediate) == (2, (256 + 512) // 2)


@pytest.mark.parametrize(
    ("name", "vision", "share"),
    [
        # What SGLang 0.5.23 makes of the fraction of models with these towers, on its CPU installation.
        ("Qwen2VLForConditionalGeneration", {"depth": 32, "embed_dim": 1280, "hidden_size": 3584}, 0.76),
        ("Qwen2_5_VLForConditionalGeneration", {"depth": 32, "hidden_size": 1280}, 0.8965625),
        ("Mistral3ForConditionalGeneration", {"num_hidden_layers": 24, "hidden_size": 1024}, 0.95),
        ("Gemma4ForConditionalGeneration", {"num_hidden_layers": 27, "hidden_size": 1152}, 0.9097363281),
        ("Gemma3ForConditionalGeneration", {"num_hidden_layers": 27, "hidden_size": 1152}, 1.0),
    ],
)
def test_a_large_tower_leaves_less_for_kv(name: str, vision: dict[str, int], share: float) -> None:
    found = read_architecture({**LLAMA, "architectures": [name], "vision_config": vision})
    assert found is not None
    assert found.tower_share == pytest.approx(share)
    memory = 81559 << 20
    plain = static_fraction(replace(found, tower_share=1.0), WHOLE, memory)
    assert static_fraction(found, WHOLE, memory) == pytest.approx(share * plain)
    decode = static_fraction(found, WHOLE, memory, role="decode")
    assert decode == static_fraction(replace(found, tower_share=1.0), WHOLE, memory, role="decode")


def test_graphs_for_prefill_are_not_captured_for_all() -> None:
    names = ("kimi-linear-48b", "llama-4-maverick", "qwen2.5-vl-7b", "qwen3-next-80b")
    assert [name for name in names if not model(name).prefill_graphs] == ["kimi-linear-48b", "qwen2.5-vl-7b"]


def test_a_tower_is_as_wide_as_its_own_embedding() -> None:
    vision = {"depth": 32, "embed_dim": 1280, "hidden_size": 3584}
    found = read_architecture({**LLAMA, "vision_config": vision})
    assert found is not None
    assert found.other_parameters == 32 * (4 + 2 * 4) * 1280**2
