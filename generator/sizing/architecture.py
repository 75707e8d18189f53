"""The shape of a model as its config.json tells it: what memory and legal layouts are computed from.

Keys are those of the Hugging Face configurations that SGLang reads (SGLang 0.5.23 srt/configs/model_config.py); a
multimodal model's language part stands under `text_config`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from generator.sizing.quantization import Quantization, read_quantization

_DTYPE_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2, "float8_e4m3fn": 1}
# Families whose layers mostly keep a constant state in place of KV; SGLang reads the same keys to find the others.
_LINEAR_TYPES = frozenset({"linear_attention", "mamba", "conv", "recurrent"})
# Only for these does SGLang keep a smaller pool for sliding-window layers (is_hybrid_swa_model there).
_WINDOW_FAMILIES = (
    "Llama4",
    "GptOss",
    "Gemma4",
    "Step3p5",
    "Step3p7",
    "MiMoV2",
    "Laguna",
    "Mellum",
    "MuseGlimmer",
)


@dataclass(frozen=True)
class Experts:
    """The mixture-of-experts part. `layers` is how many layers have it, the others are dense."""

    count: int
    per_token: int
    intermediate: int
    layers: int
    shared_intermediate: int = 0
    """Width of what every token passes, all shared experts together."""


@dataclass(frozen=True)
class Latent:
    """Multi-head latent attention (DeepSeek): one compressed vector a token and layer in place of K and V."""

    kv_rank: int
    rope_dim: int
    nope_dim: int
    value_dim: int
    query_rank: int = 0
    """0 where queries are not compressed."""
    index_dim: int = 0
    """Width of the sparse-attention index kept beside the latent, 0 without one."""


@dataclass(frozen=True)
class Architecture:
    """What the engine will build. Sizes are elements, not bytes."""

    name: str
    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head_dim: int
    vocabulary: int
    intermediate: int
    dtype_bytes: int = 2
    tied_embeddings: bool = False
    context: int = 0
    """Longest context the model knows; 0 where the file does not say."""
    window: int = 0
    """Tokens that a sliding-window layer looks back, 0 without such layers."""
    window_layers: int = 0
    linear_layers: int = 0
    """Layers that keep a constant state and no KV."""
    gate_projections: int = 2
    """Matrices from hidden to intermediate: 2 in a gated MLP, 1 in a plain one."""
    extra_layers: int = 0
    """Layers for multi-token prediction: in the files, not loaded without speculative decoding."""
    other_parameters: int = 0
    """Of a vision or audio tower: each GPU of a set holds them whole."""
    experts: Experts | None = None
    latent: Latent | None = None
    quantization: Quantization | None = None

    @property
    def full_layers(self) -> int:
        """Layers whose KV grows with the whole context."""
        return self.layers - self.window_layers - self.linear_layers


def read_architecture(config: Mapping[str, Any]) -> Architecture | None:
    """What a config.json says, None where it describes no transformer of a known form."""
    text = _language_part(config)
    try:
        return _read(config, text)
    except (KeyError, TypeError, ValueError, ZeroDivisionError):
        return None


def _language_part(config: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in ("text_config", "language_config", "llm_config"):
        if isinstance(config.get(key), Mapping):
            return {**config, **config[key]}
    thinker = config.get("thinker_config")
    return _language_part(thinker) if isinstance(thinker, Mapping) else config


def _read(config: Mapping[str, Any], text: Mapping[str, Any]) -> Architecture:
    layers, heads, hidden = text["num_hidden_layers"], text["num_attention_heads"], text["hidden_size"]
    types = tuple(text.get("layer_types") or ())[:layers]
    name = (config.get("architectures") or [""])[0]
    window_layers = _window_layers(name, layers, types)
    latent = _latent(text)
    return Architecture(
        name=name,
        layers=layers,
        hidden=hidden,
        heads=heads,
        kv_heads=text.get("num_key_value_heads") or text.get("multi_query_group_num") or heads,
        head_dim=text.get("head_dim") or hidden // heads,
        vocabulary=text["vocab_size"],
        intermediate=text.get("intermediate_size") or text.get("ffn_hidden_size") or 4 * hidden,
        dtype_bytes=_DTYPE_BYTES.get(str(text.get("dtype") or text.get("torch_dtype") or "bfloat16"), 2),
        tied_embeddings=bool(text.get("tie_word_embeddings", False)),
        context=_context(text),
        window=(text.get("sliding_window") or text.get("attention_chunk_size") or 0) if window_layers else 0,
        window_layers=window_layers,
        linear_layers=_linear_layers(text, types),
        gate_projections=1
        if str(text.get("hidden_act", "silu")) in ("gelu", "relu", "relu2", "gelu_new")
        else 2,
        extra_layers=text.get("num_nextn_predict_layers") or 0,
        other_parameters=_tower(config.get("vision_config")),
        experts=_experts(text, layers),
        latent=latent,
        quantization=read_quantization(config),
    )


def _context(text: Mapping[str, Any]) -> int:
    """srt/utils/hf_transformers/common.py get_context_length, whose order of keys this is."""
    keys = ("max_sequence_length", "seq_length", "max_seq_len", "model_max_length", "max_position_embeddings")
    longest = next((text[key] for key in keys if text.get(key)), 0)
    scaling = text.get("rope_scaling") or {}
    told = "original_max_position_embeddings" in scaling or scaling.get("rope_type") == "llama3"
    return int(longest * (1 if told else scaling.get("factor") or 1))


def _window_layers(name: str, layers: int, types: tuple[str, ...]) -> int:
    """Layers in the smaller pool; in Llama 4 all but each fourth attend to a chunk only."""
    if not name.startswith(_WINDOW_FAMILIES):
        return 0
    if name.startswith("Llama4"):
        return layers - layers // 4
    return sum(kind == "sliding_attention" for kind in types)


def _linear_layers(text: Mapping[str, Any], types: tuple[str, ...]) -> int:
    if types:
        return sum(kind in _LINEAR_TYPES for kind in types)
    if interval := text.get("full_attention_interval"):
        return int(text["num_hidden_layers"]) - int(text["num_hidden_layers"]) // int(interval)
    return 0


def _latent(text: Mapping[str, Any]) -> Latent | None:
    if not text.get("kv_lora_rank"):
        return None
    return Latent(
        kv_rank=text["kv_lora_rank"],
        rope_dim=text["qk_rope_head_dim"],
        nope_dim=text["qk_nope_head_dim"],
        value_dim=text["v_head_dim"],
        query_rank=text.get("q_lora_rank") or 0,
        index_dim=text.get("index_head_dim") or 0,
    )


def _experts(text: Mapping[str, Any], layers: int) -> Experts | None:
    count = text.get("n_routed_experts") or text.get("num_local_experts") or text.get("num_experts") or 0
    if not count or count < 2:
        return None
    width = text.get("moe_intermediate_size") or text["intermediate_size"]
    dense = text.get("first_k_dense_replace") or len(text.get("mlp_only_layers") or ())
    shared = text.get("shared_expert_intermediate_size") or width * (text.get("n_shared_experts") or 0)
    return Experts(
        count=count,
        per_token=text.get("num_experts_per_tok") or text.get("experts_per_token") or 1,
        intermediate=width,
        layers=(layers - dense) // (text.get("decoder_sparse_step") or 1),
        shared_intermediate=shared,
    )


def _tower(vision: Any) -> int:
    """Parameters of a vision transformer: attention and a plain MLP a layer; 0 without one."""
    if not isinstance(vision, Mapping):
        return 0
    width = vision.get("hidden_size") or vision.get("embed_dim") or 0
    depth = vision.get("num_hidden_layers") or vision.get("depth") or 0
    mlp = vision.get("intermediate_size") or 4 * width
    return int(depth * (4 * width * width + 2 * width * mlp))
