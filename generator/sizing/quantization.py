"""How weights are stored: `quantization_config` of config.json, or a name on the command line.

Formats and their constraints are those of SGLang 0.5.23, srt/layers/quantization/.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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


def read_quantization(config: Mapping[str, Any]) -> Quantization | None:
    """None for weights in the model's own type."""
    text = config.get("text_config")
    given = config.get("quantization_config") or (
        text.get("quantization_config") if isinstance(text, Mapping) else None
    )
    if not isinstance(given, Mapping):
        return None
    method = str(given.get("quant_method") or given.get("quant_algo") or "")
    if method == "compressed-tensors":
        return _compressed(given)
    if method == "mxfp4":
        # 32 weights of 4 bits share a scale of 8; only the experts of gpt-oss are stored so.
        return Quantization("mxfp4", 4.25, (1, 32), "experts")
    if "fp4" in method.lower() or str(given.get("quant_algo", "")).upper() == "NVFP4":
        return Quantization("nvfp4", 4.5, (1, 16))
    if "fp8" in method.lower() or str(given.get("quant_algo", "")).upper() == "FP8":
        block = given.get("weight_block_size") or (1, 1)
        return Quantization("fp8", 8.0, (int(block[0]), int(block[1])))
    return _grouped(method, given)


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
        return Quantization("compressed-tensors", bits + 16 / group, (1, group))
    return Quantization("compressed-tensors", float(bits))
