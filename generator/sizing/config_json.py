"""A model's config.json, read as SGLang reads it (SGLang 0.5.23 srt/configs/model_config.py).

A multimodal model's language part stands under `text_config` or a name like it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

from generator.sizing.architecture import Architecture, Experts, Latent
from generator.sizing.config_names import with_usual_names
from generator.sizing.layer_kinds import block_types, layer_kinds, state_layer
from generator.sizing.quantization import read_quantization
from generator.sizing.tower import prefill_graphs, tower_parameters, tower_share

_DTYPE_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2, "float8_e4m3fn": 1}
# Their layers are not alike in what they hold - compressed blocks, two attentions, cross-attention, experts in every other
# one - or what they hold is no number of bytes a token. A wrong number is worse than none.
_UNREAD = ("DeepseekV4", "LongcatFlash", "Inkling", "Mllama", "Gemma3n", "Whisper", "HYV4", "Dots3", "Jamba")
_MOST_LAYERS = 1000
# Activations of an MLP of two matrices; Gemma's has three whatever it calls its own.
_PLAIN = frozenset({"gelu", "relu", "relu2", "gelu_new"})


def read_architecture(config: Mapping[str, Any]) -> Architecture | None:
    """What a config.json says, None where it describes no transformer of a known form."""
    try:
        found = _read(config, with_usual_names(_language_part(config)))
    except (KeyError, TypeError, ValueError, ArithmeticError, AttributeError, IndexError):
        return None
    numbers = all(map(_holds_numbers, (found, found.experts, found.latent)))
    return found if numbers and _is_whole(found) else None


def _is_whole(model: Architecture) -> bool:
    """Whether its sizes are numbers that something can be made of; a file may hold anything."""
    sizes = (model.layers, model.hidden, model.heads, model.kv_heads, model.head_dim, model.vocabulary)
    experts = (model.experts.intermediate, model.experts.count) if model.experts else ()
    whole = all(size > 0 for size in (*sizes, model.intermediate, *experts))
    return whole and model.full_layers >= 0 and not model.name.startswith(_UNREAD)


def _holds_numbers(part: Architecture | Experts | Latent | None) -> bool:
    """Whether each size is one, and none is negative or a fraction."""
    if part is None:
        return True
    values = (getattr(part, each.name) for each in fields(part) if str(each.type).startswith("int"))
    return all(value is None or (isinstance(value, int) and value >= 0) for value in values)


def _language_part(config: Mapping[str, Any]) -> Mapping[str, Any]:
    for key in ("text_config", "language_config", "llm_config"):
        if isinstance(config.get(key), Mapping):
            return {**config, **config[key]}
    thinker = config.get("thinker_config")
    return _language_part(thinker) if isinstance(thinker, Mapping) else config


def _read(config: Mapping[str, Any], text: Mapping[str, Any]) -> Architecture:
    layers = text.get("num_hidden_layers") or len(block_types(text))
    if not 0 < layers < _MOST_LAYERS:
        raise ValueError(layers)
    name = (config.get("architectures") or [""])[0]
    return _architecture(config, text, name, layers, layer_kinds(name, text, layers))


def _architecture(
    config: Mapping[str, Any], text: Mapping[str, Any], name: str, layers: int, kinds: Sequence[str]
) -> Architecture:
    heads, hidden = text["num_attention_heads"], text["hidden_size"]
    beside = name.startswith("FalconH1")
    state = state_layer(text) if beside or "state" in kinds else None
    window_layers = kinds.count("window")
    return Architecture(
        name=name,
        layers=layers,
        hidden=hidden,
        heads=heads,
        kv_heads=text.get("num_global_key_value_heads") or text.get("num_key_value_heads") or heads,
        head_dim=text.get("global_head_dim") or text.get("head_dim") or hidden // heads,
        vocabulary=text["vocab_size"],
        intermediate=_mlp_width(text, hidden),
        dtype_bytes=_DTYPE_BYTES.get(str(text.get("dtype") or text.get("torch_dtype") or "bfloat16"), 2),
        tied_embeddings=bool(text["tie_word_embeddings"] or text.get("tie_embedding")),
        context=_context(text),
        window=(text.get("sliding_window") or text.get("attention_chunk_size") or 0) if window_layers else 0,
        window_layers=window_layers,
        linear_layers=layers if beside else kinds.count("state"),
        linear_parameters=state.parameters if state else 0,
        state_bytes=state.kept if state else 0,
        linear_heads=state.heads if state else 0,
        state_beside=beside,
        bare_layers=kinds.count("none"),
        mlp_layers=_mlp_layers(text, layers),
        value_dim=text.get("v_head_dim") or 0,
        window_kv_heads=text.get("swa_num_key_value_heads") or text.get("num_key_value_heads") or 0,
        window_head_dim=text.get("swa_head_dim") or text.get("head_dim") or 0,
        gated_queries=bool(text.get("attn_output_gate") or text.get("linear_num_value_heads")),
        gate_projections=1 if _is_plain(text) else 2,
        extra_layers=text.get("num_nextn_predict_layers") or 0,
        layer_table=layers * _layer_table(text),
        other_parameters=tower_parameters(config.get("vision_config")),
        tower_share=tower_share(name, config.get("vision_config")),
        prefill_graphs=prefill_graphs(name, text, config.get("vision_config")),
        experts=_experts(name, text, layers),
        latent=_latent(text),
        quantization=read_quantization(config),
    )


def _mlp_width(text: Mapping[str, Any], hidden: int) -> int:
    """Columns of a dense MLP. Liquid's are stated before they are cut to two thirds (srt/models/lfm2.py Lfm2MLP)."""
    own = text.get("intermediate_size_mlp") or text.get("dense_intermediate_size")
    width = own or text.get("intermediate_size") or 4 * hidden
    if text.get("block_auto_adjust_ff_dim"):
        multiple = text["block_multiple_of"]
        exact = int(text.get("block_ffn_dim_multiplier") or 1) * (2 * width // 3)
        return int(-(-exact // multiple) * multiple)
    return _one(width)


def _one(number: Any) -> int:
    """A number that some families write once a layer."""
    return int(max(number)) if isinstance(number, list) else number


def _mlp_layers(text: Mapping[str, Any], layers: int) -> int | None:
    if blocks := block_types(text):
        return blocks.count("mlp")
    # Gemma 4 has both in every layer.
    return layers if text.get("enable_moe_block") else None


def _is_plain(text: Mapping[str, Any]) -> bool:
    kind = str(text.get("model_type") or "")
    if kind.startswith("gemma"):
        return False
    return kind in ("starcoder2", "falcon") or str(text.get("hidden_act", "silu")) in _PLAIN


def _context(text: Mapping[str, Any]) -> int:
    """srt/utils/hf_transformers/common.py get_context_length, whose order of keys this is."""
    keys = ("max_sequence_length", "seq_length", "max_seq_len", "model_max_length", "max_position_embeddings")
    longest = next((text[key] for key in keys if text.get(key)), 0)
    scaling = text.get("rope_scaling") or {}
    told = "original_max_position_embeddings" in scaling or scaling.get("rope_type") == "llama3"
    # Gemma 3 states the longest one; its class keeps the scaling where the engine does not look.
    told = told or text.get("model_type") == "gemma3_text"
    return int(longest * (1 if told else scaling.get("factor") or 1))


def _layer_table(text: Mapping[str, Any]) -> int:
    width = text.get("hidden_size_per_layer_input") or 0
    return width * (text.get("vocab_size_per_layer_input") or text["vocab_size"]) if width else 0


def _latent(text: Mapping[str, Any]) -> Latent | None:
    if not text.get("kv_lora_rank"):
        return None
    return Latent(
        kv_rank=text["kv_lora_rank"],
        rope_dim=text["qk_rope_head_dim"],
        nope_dim=text["qk_nope_head_dim"],
        value_dim=text.get("v_head_dim") or text["hidden_size"] // text["num_attention_heads"],
        query_rank=text.get("q_lora_rank") or 0,
        index_dim=text.get("index_head_dim") or 0,
    )


def _experts(name: str, text: Mapping[str, Any], layers: int) -> Experts | None:
    count = text.get("num_experts") or 0
    if not count or count < 2:
        return None
    width = _one(text.get("moe_intermediate_size") or text["intermediate_size"])
    shared = text.get("shared_expert_intermediate_size") or width * _one(text.get("n_shared_experts") or 0)
    return Experts(
        count=count,
        per_token=_one(text.get("num_experts_per_tok") or 1),
        intermediate=width,
        layers=_expert_layers(text, layers),
        # Llama 4 has one shared expert and no key for it (srt/models/llama4.py Llama4MoE).
        shared_intermediate=width if name.startswith("Llama4") else shared,
        input_width=text.get("moe_latent_size") or text.get("routed_expert_hidden_size") or 0,
    )


def _expert_layers(text: Mapping[str, Any], layers: int) -> int:
    if blocks := block_types(text):
        return blocks.count("moe")
    if isinstance(often := text.get("moe_layer_freq"), list):
        return sum(often[:layers])
    dense = text.get("first_k_dense_replace") or len(text.get("mlp_only_layers") or ())
    step = text.get("decoder_sparse_step") or text.get("interleave_moe_layer_step") or 1
    return int((layers - dense) // step)
