"""The words of config.json: families that name a number differently, or leave out what their class knows.

Names are those that SGLang 0.5.23 takes for the same (srt/configs/, model_config.py get_total_num_kv_heads), left-out
numbers those of the configuration classes in transformers 5.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

# The usual name -> others for it, where it is not given itself.
_OTHERS = {
    "num_hidden_layers": ("num_layers", "n_layer"),
    "hidden_size": ("n_embd",),
    "num_attention_heads": ("n_head",),
    "num_key_value_heads": ("n_head_kv", "num_kv_heads", "multi_query_group_num", "num_attention_groups"),
    "head_dim": ("attention_head_dim", "kv_channels"),
    "intermediate_size": ("ffn_hidden_size", "n_inner", "ffn_dim"),
    "hidden_act": ("hidden_activation", "activation_function", "mlp_hidden_act"),
    "max_position_embeddings": ("n_positions",),
    "num_experts": ("n_routed_experts", "num_local_experts", "moe_num_experts"),
    "num_experts_per_tok": (
        "experts_per_token",
        "num_experts_per_token",
        "top_k_experts",
        "moe_topk",
        "moe_k",
    ),
    "n_shared_experts": ("num_shared_experts", "num_shared_expert", "moe_num_shared_experts"),
    "shared_expert_intermediate_size": (
        "moe_shared_expert_intermediate_size",
        "share_expert_dim",
        "shared_intermediate_size",
    ),
    "first_k_dense_replace": ("moe_layer_start_index",),
}
# Parts of multimodal models leave out what they share with their family's first model.
_LEFT_OUT: dict[str, dict[str, Any]] = {
    "llama": {
        "hidden_size": 4096,
        "intermediate_size": 11008,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "vocab_size": 32000,
    },
    "mistral": {
        "hidden_size": 4096,
        "intermediate_size": 14336,
        "num_hidden_layers": 32,
        "num_attention_heads": 32,
        "num_key_value_heads": 8,
        "vocab_size": 32000,
    },
    "gemma": {"head_dim": 256},
    "gemma2": {"head_dim": 256},
    "gemma3_text": {
        "num_attention_heads": 8,
        "num_key_value_heads": 4,
        "head_dim": 256,
        "vocab_size": 262208,
        "max_position_embeddings": 131072,
    },
}
# Where the file is silent, the embedding is the head as well.
_TIED = ("gemma", "cohere", "starcoder2", "gpt2", "gpt_bigcode", "opt", "bloom", "falcon", "lfm2", "minicpm3")
# Encoders have no head at all.
_HEADLESS = ("bert", "xlm-roberta", "roberta")


def with_usual_names(text: Mapping[str, Any]) -> dict[str, Any]:
    """The same configuration in the words of the usual ones."""
    kind = str(text.get("model_type") or "")
    named = {key: value for key, value in text.items() if value is not None}
    for usual, others in _OTHERS.items():
        given = next((other for other in (usual, *others) if other in named), None)
        if given:
            named[usual] = named[given]
    if named.get("multi_query") and not named.get("new_decoder_architecture"):
        named["num_key_value_heads"] = 1
    if blocks := named.get("block_configs"):
        named |= _of_blocks(blocks, named)
    silent = {**_LEFT_OUT.get(kind, {}), "tie_word_embeddings": kind.startswith((*_TIED, *_HEADLESS))}
    return {**silent, **named}


def _of_blocks(blocks: Sequence[Mapping[str, Any]], named: Mapping[str, Any]) -> dict[str, Any]:
    """Nemotron's pruned Llamas, each layer with an MLP of its own: the mean. SGLang keeps KV for layers whose attention is
    gone as well (srt/models/nemotron_nas.py)."""
    hidden, multiple = named["hidden_size"], 256
    factors = [block["ffn"].get("ffn_mult") or 0 for block in blocks if block.get("ffn")]
    widths = [-(-int(2 * factor * hidden / 3) // multiple) * multiple for factor in factors]
    group = next(size for block in blocks if (size := (block.get("attention") or {}).get("n_heads_in_group")))
    return {
        "intermediate_size": sum(widths) // len(blocks),
        "num_key_value_heads": named["num_attention_heads"] // group,
    }
