"""How weights are stored: `quantization_config` of config.json, or a name on the command line.

Formats and their constraints are those of SGLang 0.5.23, srt/layers/quantization/.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Scope = Literal["linear", "experts"]


@dataclass(frozen=True)
class Quantization:
    """`bits` are what one weight takes with its scales; `block` is what a partition must be a multiple of."""

    method: str
    bits: float
    block: tuple[int, int] = (1, 1)
    """(output, input) elements that share a scale: FP8's block, or (1, group size)."""
    scope: Scope = "linear"
    """Which matrices: all linear layers, or those of the experts only. Embeddings never are."""
    kv_fp8: bool = False
    """The checkpoint says that KV is kept in 8 bits, and SGLang does so unless told otherwise."""


def read_quantization(config: Mapping[str, Any]) -> Quantization | None:
    """None for weights in the model's own type."""
    text = config.get("text_config")
    given = config.get("quantization_config") or (
        text.get("quantization_config") if isinstance(text, Mapping) else None
    )
    if not isinstance(given, Mapping):
        return None
    found = _stored(given)
    return replace(found, kv_fp8=True) if _kv_in_8_bits(given) else found


def _stored(given: Mapping[str, Any]) -> Quantization:
    method = str(given.get("quant_method") or given.get("quant_algo") or "").lower()
    algorithm = _algorithm(given)
    if method == "compressed-tensors":
        return _compressed(given)
    if method == "mxfp4":
        # 32 weights of 4 bits share a scale of 8; only the experts of gpt-oss are stored so.
        return Quantization("mxfp4", 4.25, (1, 32), "experts")
    if "fp4" in method or "FP4" in algorithm:
        return Quantization("nvfp4", 4.5, (1, 16))
    if "fp8" in method or "FP8" in algorithm:
        block = given.get("weight_block_size") or (1, 1)
        return Quantization("fp8", 8.0, (int(block[0]), int(block[1])))
    if method == "bitsandbytes":
        # Its four bits come with a scale of 32 for 64 weights (NF4), eight with one a row.
        return Quantization(method, 4.5 if given.get("load_in_4bit") else 8.0)
    return _quark(given) if method == "quark" else _grouped(method, given)


def _algorithm(given: Mapping[str, Any]) -> str:
    """ModelOpt's word; where layers differ, the one with fewest bits, which most weights have."""
    named = str(given.get("quant_algo") or "").upper()
    layers = given.get("quantized_layers")
    if named != "MIXED_PRECISION" or not isinstance(layers, Mapping):
        return named
    words = [str(each.get("quant_algo")).upper() for each in layers.values() if isinstance(each, Mapping)]
    return next((word for word in words if "FP4" in word), next(iter(words), ""))


def _kv_in_8_bits(given: Mapping[str, Any]) -> bool:
    """What reaches srt/mem_cache/kv_cache_dtype.py: of ModelOpt's and FP8's checkpoints, not of compressed-tensors."""
    method = str(given.get("quant_method") or "modelopt")
    scheme = given.get("kv_cache_scheme")
    if "modelopt" in method and isinstance(scheme, Mapping):
        return scheme.get("type") == "float" and scheme.get("num_bits") == 8
    return str(given.get("kv_cache_quant_algo") or "").upper() == "FP8"


def _quark(given: Mapping[str, Any]) -> Quantization:
    """AMD's: the type's name has the bits."""
    weight = (given.get("global_quant_config") or {}).get("weight") or {}
    digits = re.search(r"[1-9]", str(weight.get("dtype") or "fp8"))
    bits, group = int(digits[0]) if digits else 8, int(weight.get("group_size") or 0)
    return (
        Quantization("quark", bits + 8 / group, (1, group)) if group else Quantization("quark", float(bits))
    )


def _grouped(method: str, given: Mapping[str, Any]) -> Quantization:
    """AWQ, GPTQ and kin: a scale of 16 bits and a zero point a group."""
    bits = int(given.get("bits") or given.get("w_bit") or 8)
    group = int(given.get("group_size") or given.get("q_group_size") or -1)
    if group <= 0:
        return Quantization(method, float(bits))
    return Quantization(method, bits + (16 + bits) / group, (1, group))


def _compressed(given: Mapping[str, Any]) -> Quantization:
    groups = given.get("config_groups") or {}
    weights = next((group.get("weights") or {} for group in groups.values()), {})
    bits = int(weights.get("num_bits") or 8)
    block = weights.get("block_structure")
    if isinstance(block, list | tuple) and len(block) == 2:
        return Quantization("compressed-tensors", float(bits), (int(block[0]), int(block[1])))
    group = int(weights.get("group_size") or -1)
    if group > 0:
        scale = 8 if weights.get("type") == "float" else 16
        return Quantization("compressed-tensors", bits + scale / group, (1, group))
    return Quantization("compressed-tensors", float(bits))
