"""Why the engine would refuse to cut a model in some way. Rules of SGLang 0.5.23, each with its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from generator.sizing.architecture import Architecture
from generator.sizing.pipeline_models import PIPELINE_MODELS
from generator.sizing.weights import Split

# gpt-oss's experts are padded to whole blocks (srt/layers/quantization/mxfp4.py).
_PADDED = frozenset({"mxfp4"})

Rule = Callable[[Architecture, Split], str]


def why_illegal(model: Architecture, split: Split, *, expert_groups: int = 0) -> str:
    """The first rule that is broken, "" when none is."""
    reasons = (rule(model, split) for rule in _RULES)
    return next((reason for reason in reasons if reason), "") or _experts(model, split, expert_groups)


def _heads(model: Architecture, split: Split) -> str:
    """srt/models/llama.py:183, qwen2.py:167 and their kin assert it."""
    return _undivided(model.heads, "attention heads", split.tensor)


def _kv_heads(model: Architecture, split: Split) -> str:
    """The same files: KV heads are divided, or each is kept by the same number of GPUs."""
    if model.latent:
        return ""
    for heads in (model.kv_heads, *((model.window_kv_heads,) if model.window_layers else ())):
        fewer, more = sorted((heads or model.kv_heads, split.tensor))
        if more % fewer:
            return f"{heads} KV heads can't be spread evenly over {split.tensor} GPUs"
    return ""


def _state_heads(model: Architecture, split: Split) -> str:
    """srt/layers/attention/mamba/mamba.py:245-252, srt/models/qwen3_next.py (its heads go through `divide`)."""
    return _undivided(model.linear_heads, "heads of linear attention", split.tensor)


def _experts(model: Architecture, split: Split, groups: int) -> str:
    """Each of `groups` has its share of the experts, and cuts them over its GPUs (srt/runtime_context.py:295-313)."""
    if model.experts is None:
        return ""
    if groups and split.tensor % groups:
        return f"--ep-size {groups} has to divide the TP size"
    if groups and model.experts.count % groups:
        return _undivided(model.experts.count, "experts", groups)
    within = replace(split, tensor=split.tensor // (groups or 1))
    reason = _width(model, model.experts.intermediate, "an expert's", within)
    whole = model.experts.count % split.tensor == 0 and not groups
    return f"{reason}; --ep-size {split.tensor} would leave experts whole" if reason and whole else reason


def _mlp(model: Architecture, split: Split) -> str:
    sparse = model.experts.layers if model.experts else 0
    dense = sparse < model.layers if model.mlp_layers is None else model.mlp_layers
    return _width(model, model.intermediate, "the MLP's", split) if dense else ""


def _width(model: Architecture, width: int, whose: str, split: Split) -> str:
    if reason := _undivided(width, f"columns of {whose} weights", split.tensor):
        return reason
    return _blocks(model, width // split.tensor, whose, split)


def _attention(model: Architecture, split: Split) -> str:
    """The columns that come out of attention, which its last matrix takes in."""
    width = model.latent.value_dim if model.latent else model.value_dim or model.head_dim
    return _blocks(model, model.heads * width // split.tensor, "attention's", split)


def _blocks(model: Architecture, part: int, whose: str, split: Split) -> str:
    """srt/layers/quantization/fp8.py:585-612, 1586-1603; awq.py and gptq.py for groups."""
    quantization = model.quantization
    if quantization is None or split.tensor == 1 or quantization.method in _PADDED:
        return ""
    for size in sorted({*quantization.block} - {1}):
        if part % size:
            return f"{whose} {part} columns a GPU are no multiple of {quantization.method}'s block of {size}"
    return ""


def _stages(model: Architecture, split: Split) -> str:
    if split.pipeline == 1:
        return ""
    if model.name not in PIPELINE_MODELS:
        return f"SGLang can't cut {model.name or 'this architecture'} into pipeline stages"
    if model.layer_table:
        # srt/models/gemma4_causal.py:872, as long as graphs are not turned off.
        return "SGLang can't cut a model with an embedding for every layer into pipeline stages"
    return f"{model.layers} layers make no {split.pipeline} stages" if model.layers < split.pipeline else ""


def _undivided(count: int, what: str, ways: int) -> str:
    return f"{count} {what} can't be divided by {ways}" if count % ways else ""


_RULES: tuple[Rule, ...] = (_heads, _kv_heads, _state_heads, _mlp, _attention, _stages)
