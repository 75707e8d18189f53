"""What each layer of a model has: attention over everything or over a window, a constant state in place of KV, or neither.

SGLang 0.5.23 keeps KV for the first only, a smaller pool for the second (srt/configs/model_config.py
get_hybrid_layer_ids), and states for the third (srt/configs/mamba_utils.py).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import gcd
from typing import Any, Literal

Kind = Literal["full", "window", "state", "none"]

_STATES = frozenset({"linear_attention", "mamba", "conv", "recurrent"})
# Only for these does SGLang keep a smaller pool for sliding-window layers (is_hybrid_swa_model there).
_WINDOW_FAMILIES = (
    "Llama4ForConditional",
    "GptOss",
    "GraniteSWA",
    "GraniteMoeSWA",
    "IQuestQ1",
    "Gemma4",
    "Step3p5",
    "Step3p7ForConditional",
    "MiMoV2",
    "Beam",
    "Laguna",
    "Mellum",
    "MuseGlimmer",
)
# Bytes of an element of a state, and of the inputs that a convolution over four looks back at (srt/configs/mamba_utils.py;
# `--mamba-ssm-dtype` is float32 where nothing else is said).
_STATE = 4
_CONVOLVED = 3 * 2
# Nemotron-H: a letter a layer, or a word.
_LETTERS = {"M": "mamba", "*": "attention", "-": "mlp", "E": "moe"}


@dataclass(frozen=True)
class StateLayer:
    """One layer that keeps a state: elements of its matrices, bytes of the state of a request, and what a TP group has to
    divide."""

    parameters: int
    kept: int
    heads: int = 0
    """0 where nothing is divided by whole heads."""


def layer_kinds(name: str, text: Mapping[str, Any], layers: int) -> tuple[Kind, ...]:
    """One a layer; `name` is the architecture's."""
    windows = name.startswith(_WINDOW_FAMILIES)
    if windows and text.get("hybrid_layer_pattern"):
        return tuple("window" if each else "full" for each in text["hybrid_layer_pattern"][:layers])
    if windows and name.startswith("Llama4"):
        # All but each fourth attend to a chunk only.
        return tuple("full" if (place + 1) % 4 == 0 else "window" for place in range(layers))
    if types := block_types(text) or text.get("layer_types"):
        return tuple(_kind(each, windows=windows) for each in types[:layers])
    full = _full_layers(text, layers)
    return tuple("full" if full is None or place in full else "state" for place in range(layers))


def block_types(text: Mapping[str, Any]) -> list[str]:
    """Of layers that are attention, state, MLP or experts and nothing else (Nemotron-H); empty for usual ones."""
    if pattern := text.get("hybrid_override_pattern"):
        return [_LETTERS[letter] for letter in pattern]
    return list(text.get("layers_block_type") or ())


def state_layer(text: Mapping[str, Any]) -> StateLayer | None:
    """The layer that a family has in place of attention, None where it is not known."""
    hidden = text["hidden_size"]
    if heads := text.get("linear_num_value_heads"):
        return _gated_delta(text, hidden, heads)
    if heads := text.get("mamba_num_heads") or text.get("mamba_n_heads"):
        return _mamba(text, hidden, heads)
    if linear := text.get("linear_attn_config"):
        width = linear["num_heads"] * linear["head_dim"]
        low_rank = 2 * linear["head_dim"] * (hidden + width)
        kept = _STATE * width * linear["head_dim"] + _CONVOLVED * 3 * width
        parameters = 4 * hidden * width + low_rank + hidden * linear["num_heads"]
        return StateLayer(parameters, kept, linear["num_heads"])
    return StateLayer(4 * hidden * hidden, _CONVOLVED * hidden) if text.get("conv_L_cache") else None


def _gated_delta(text: Mapping[str, Any], hidden: int, heads: int) -> StateLayer:
    """Qwen3-Next and later (srt/models/qwen3_next.py Qwen3GatedDeltaNet)."""
    keys = text["linear_num_key_heads"] * text["linear_key_head_dim"]
    values = heads * text["linear_value_head_dim"]
    kept = _STATE * values * text["linear_key_head_dim"] + _CONVOLVED * (2 * keys + values)
    parameters = hidden * (2 * keys + 3 * values + 2 * heads)
    return StateLayer(parameters, kept, gcd(heads, text["linear_num_key_heads"]))


def _mamba(text: Mapping[str, Any], hidden: int, heads: int) -> StateLayer:
    """Mamba 2 (srt/layers/attention/mamba/mamba.py MambaMixer2): a single group is copied, several are divided."""
    width = heads * (text.get("mamba_head_dim") or text["mamba_d_head"])
    groups = text.get("n_groups") or text.get("mamba_n_groups") or 1
    state = text.get("ssm_state_size") or text["mamba_d_state"]
    into = 2 * width + 2 * groups * state + heads
    kept = _STATE * width * state + _CONVOLVED * (width + 2 * groups * state)
    return StateLayer(hidden * (into + width), kept, gcd(heads, groups) if groups > 1 else heads)


def _kind(word: str, *, windows: bool) -> Kind:
    if word in _STATES:
        return "state"
    if word in ("mlp", "moe"):
        return "none"
    return "window" if windows and word == "sliding_attention" else "full"


def _full_layers(text: Mapping[str, Any], layers: int) -> Sequence[int] | None:
    """Places of the layers with attention where others keep a state; None where all have it."""
    if interval := text.get("full_attention_interval"):
        return range(int(interval) - 1, layers, int(interval))
    if linear := text.get("linear_attn_config"):
        return [place - 1 for place in linear["full_attn_layers"]]
    if kinds := text.get("attn_type_list"):
        return [place for place, kind in enumerate(kinds) if kind]
    places = text.get("full_attn_idxs")
    return list(places) if places else None
