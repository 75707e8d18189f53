"""config.json in the forms that models come in."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generator.sizing.config_json import read_architecture
from generator.sizing.kv_cache import kv_share, token_bytes
from generator.sizing.quantization import Quantization, read_quantization
from generator.sizing.weights import Split, active_bytes, weight_bytes
from tests.generator.sizing.start_up_logs import model


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, None),
        ({"quant_method": "fp8", "weight_block_size": [128, 128]}, Quantization("fp8", 8.0, (128, 128))),
        ({"quant_method": "awq", "bits": 4, "group_size": 128}, Quantization("awq", 4.15625, (1, 128))),
        ({"quant_method": "gptq", "bits": 8, "group_size": -1}, Quantization("gptq", 8.0)),
        ({"quant_method": "mxfp4"}, Quantization("mxfp4", 4.25, (1, 32), "experts")),
        ({"quant_algo": "NVFP4"}, Quantization("nvfp4", 4.5, (1, 16))),
        ({"quant_method": "bitsandbytes", "load_in_4bit": True}, Quantization("bitsandbytes", 4.5)),
        (
            {"quant_method": "modelopt", "quant_algo": "FP8", "kv_cache_quant_algo": "FP8"},
            Quantization("fp8", 8.0, kv_fp8=True),
        ),
        (
            {
                "quant_method": "modelopt",
                "quant_algo": "NVFP4",
                "kv_cache_scheme": {"type": "float", "num_bits": 8},
            },
            Quantization("nvfp4", 4.5, (1, 16), kv_fp8=True),
        ),
        (
            {
                "quant_algo": "MIXED_PRECISION",
                "quantized_layers": {"a": {"quant_algo": "FP8"}, "b": {"quant_algo": "W4A16_NVFP4"}},
            },
            Quantization("nvfp4", 4.5, (1, 16)),
        ),
        (
            {
                "quant_method": "quark",
                "global_quant_config": {"weight": {"dtype": "fp4", "group_size": 32}},
            },
            Quantization("quark", 4.25, (1, 32)),
        ),
        (
            {
                "quant_method": "compressed-tensors",
                "config_groups": {"group_0": {"weights": {"num_bits": 4, "type": "float", "group_size": 16}}},
                "kv_cache_scheme": {"type": "float", "num_bits": 8},
            },
            Quantization("compressed-tensors", 4.5, (1, 16)),
        ),
        (
            {
                "quant_method": "compressed-tensors",
                "config_groups": {"group_0": {"weights": {"num_bits": 4, "group_size": 32}}},
            },
            Quantization("compressed-tensors", 4.5, (1, 32)),
        ),
    ],
)
def test_how_weights_are_stored(given: dict[str, Any], expected: Quantization | None) -> None:
    assert read_quantization({"quantization_config": given} if given else {}) == expected


def test_a_multimodal_model_is_measured_by_its_language_part() -> None:
    text = {"num_hidden_layers": 4, "num_attention_heads": 8, "hidden_size": 64, "vocab_size": 512}
    found = read_architecture(
        {
            "architectures": ["XForConditionalGeneration"],
            "text_config": text,
            "vision_config": {"hidden_size": 8, "depth": 2},
        }
    )
    assert found is not None
    assert (found.layers, found.other_parameters) == (4, 2 * (4 * 64 + 2 * 8 * 32))


def test_layers_of_a_window_hold_less_and_linear_ones_nothing() -> None:
    assert (model("gpt-oss-20b").window_layers, model("gpt-oss-20b").window) == (12, 128)
    hybrid = model("qwen3.6-27b")
    assert (hybrid.linear_layers, hybrid.full_layers) == (48, 16)
    assert 0.5 < kv_share(hybrid) < 0.55
    assert token_bytes(model("gpt-oss-20b"), Split()) == (12 + 0.8 * 12) * 2 * 8 * 64 * 2


@pytest.mark.parametrize(
    ("scaling", "context"),
    [
        (None, 8192),
        ({"rope_type": "linear", "factor": 4.0}, 32768),
        ({"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 2048}, 8192),
        ({"rope_type": "llama3", "factor": 8.0}, 8192),
    ],
)
def test_the_longest_context_is_what_the_engine_derives(scaling: dict[str, Any] | None, context: int) -> None:
    shape = {"num_hidden_layers": 4, "num_attention_heads": 8, "hidden_size": 64, "vocab_size": 512}
    found = read_architecture({**shape, "max_position_embeddings": 8192, "rope_scaling": scaling})
    assert found is not None
    assert found.context == context


def test_a_latent_is_kept_whole_on_every_gpu() -> None:
    deepseek = model("deepseek-v3")
    assert token_bytes(deepseek, Split(8)) == token_bytes(deepseek, Split(1)) == 61 * 576 * 2


def test_a_kv_head_is_never_cut() -> None:
    qwen = model("qwen3-30b-a3b")
    assert token_bytes(qwen, Split(8)) == token_bytes(qwen, Split(4)) == token_bytes(qwen, Split(1)) / 4


def test_a_step_reads_only_the_experts_it_needs() -> None:
    qwen = model("qwen3-30b-a3b")
    assert active_bytes(qwen, 1) < 0.2 * active_bytes(qwen, 256)
    assert active_bytes(qwen, 1000) == pytest.approx(active_bytes(qwen, 2000), rel=0.01)


def test_the_size_of_the_files_goes_before_the_shape() -> None:
    llama = model("llama-3.1-8b")
    assert weight_bytes(llama, file_bytes=20_000_000_000) == pytest.approx(20e9, rel=0.001)
    assert weight_bytes(llama, Split(2), file_bytes=20_000_000_000) == pytest.approx(10e9, rel=0.001)


def test_stages_share_the_layers_and_the_last_has_the_rest() -> None:
    llama = replace(model("llama-3.1-8b"), layers=33)
    whole, two = weight_bytes(llama), weight_bytes(llama, Split(1, 2))
    assert two > whole / 2
