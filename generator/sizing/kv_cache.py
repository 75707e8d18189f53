"""Bytes of KV cache a token takes on each GPU, as SGLang 0.5.23 prices it (srt/model_executor/pool_configurator.py)."""

from __future__ import annotations

from typing import Literal

from generator.sizing.architecture import Architecture, Latent
from generator.sizing.weights import Split

KvType = Literal["auto", "fp8"]

# `--swa-full-tokens-ratio`: a sliding-window layer's pool has this share of the tokens of a full layer's.
WINDOW_SHARE = 0.8
# `--mamba-full-memory-ratio`: memory for linear attention's states, as a multiple of what KV gets.
STATE_RATIO = 0.9
_FP8_BLOCK = 128
_SLOTS = 5


def token_bytes(model: Architecture, split: Split, *, kv_type: KvType = "auto") -> float:
    """On the GPU of the stage with most layers."""
    element = 1 if kv_type == "fp8" else min(model.dtype_bytes, 2)
    share = -(-model.layers // split.pipeline) / model.layers
    if model.latent:
        return model.full_layers * share * _latent_bytes(model.latent, element)
    full = _heads(model.kv_heads, split) * (model.head_dim + (model.value_dim or model.head_dim))
    window = _heads(model.window_kv_heads or model.kv_heads, split) * _window_width(model)
    return (model.full_layers * full + WINDOW_SHARE * model.window_layers * window) * share * element


def _latent_bytes(latent: Latent, element: int) -> int:
    """Of one layer. With a sparse-attention index 8 bits come with scales and a rotary part in 16, as most backends store
    it (srt/mem_cache/kv_cache_configurator.py calculate_mla_kv_cache_dim); the index itself is always in 8."""
    index = latent.index_dim + latent.index_dim // _FP8_BLOCK * 4
    if index and element == 1:
        return latent.kv_rank + latent.kv_rank // _FP8_BLOCK * 4 + 2 * latent.rope_dim + index
    return (latent.kv_rank + latent.rope_dim) * element + index


def _heads(count: int, split: Split) -> int:
    """With fewer KV heads than GPUs each keeps a whole one (srt/configs/model_config.py get_num_kv_heads)."""
    return max(1, count // split.tensor)


def _window_width(model: Architecture) -> int:
    """Of a key and a value; without a width of its own a value is as wide as elsewhere."""
    width = model.window_head_dim or model.head_dim
    return width + (model.value_dim or width)


def requests_in(model: Architecture, split: Split, states: int) -> int | None:
    """Requests that `states` bytes a GPU are enough for; None where they bound nothing.

    A request takes five slots: three of its own, and two of the buffer that prefixes are kept from
    (srt/mem_cache/kv_cache_configurator.py _calculate_mamba_ratio); one slot is never used.
    """
    if not model.state_bytes:
        return None
    return max(0, int(states / state_bytes(model, split) - 1) // _SLOTS)


def state_bytes(model: Architecture, split: Split) -> float:
    """Of one slot, on each GPU of the stage with most layers."""
    share = -(-model.layers // split.pipeline) / model.layers
    return model.linear_layers * share * model.state_bytes / split.tensor


def kv_share(model: Architecture) -> float:
    """The part of the pool that is KV; the rest holds the states of linear attention."""
    return 1 / (1 + STATE_RATIO) if model.linear_layers else 1.0
