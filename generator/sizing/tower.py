"""What a vision tower adds to a language model: parameters, activations, and graphs that are not captured for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Served without their tower unless `--enable-multimodal` asks for it (SGLang 0.5.23 srt/configs/model_config.py
# mm_disabled_models).
_TEXT_ONLY = frozenset(
    {
        "Gemma3ForConditionalGeneration",
        "Llama4ForConditionalGeneration",
        "Step3VLForConditionalGeneration",
    }
)
# Those whose language part has graphs for prefill (multimodal_breakable_cuda_graph_supported_model_archs there).
_WITH_GRAPHS = frozenset(
    """
    Cohere2VisionForConditionalGeneration Glm5NextForConditionalGeneration InternS2MobiusForConditionalGeneration
    KimiK25ForConditionalGeneration KimiK3ForConditionalGeneration MiniMaxM3SparseForCausalLM
    MiniMaxM3SparseForConditionalGeneration MuseGlimmerForConditionalGeneration MuseSparkForConditionalGeneration
    PaddleOCRVLForConditionalGeneration Qwen3_5ForConditionalGeneration Qwen3_5MoeForConditionalGeneration
    Qwen4ExpForConditionalGeneration
    """.split()  # noqa: SIM905 - names read best as words
)


def tower_parameters(vision: Any) -> int:
    """Of a vision transformer: attention and a plain MLP a layer; 0 without one."""
    if not isinstance(vision, Mapping):
        return 0
    # Qwen2-VL calls the language part's width hidden_size here, and its own embed_dim.
    width = vision.get("embed_dim") or vision.get("hidden_size") or 0
    depth = vision.get("num_hidden_layers") or vision.get("depth") or 0
    mlp = vision.get("intermediate_size") or 4 * width
    return int(depth * (4 * width * width + 2 * width * mlp))


def tower_share(name: str, vision: Any) -> float:
    """srt/arg_groups/memory_hook.py adjust_mem_fraction_for_vlm: by layers and width beside those of a ViT-L."""
    if not isinstance(vision, Mapping) or name in _TEXT_ONLY:
        return 1.0
    layers, width = vision.get("num_hidden_layers") or 24, vision.get("hidden_size") or 1024
    ratio = layers * width**2 / (24 * 1024**2)
    return 0.95 * float(max(0.8, min(1.05, 1 - 0.1 * (ratio - 1))))


def prefill_graphs(name: str, text: Mapping[str, Any], vision: Any) -> bool:
    """Whether the engine captures graphs for prefill (srt/arg_groups/cuda_graph_hook.py): not with Kimi's linear attention,
    nor with most towers."""
    if text.get("linear_attn_config"):
        return False
    return not isinstance(vision, Mapping) or name in _TEXT_ONLY | _WITH_GRAPHS
