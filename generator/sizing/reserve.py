"""What SGLang 0.5.23 leaves free for activations and graphs when `--mem-fraction-static` is not given.

The rules of srt/arg_groups/memory_hook.py (handle_gpu_memory_settings, reserve_for_graph_mb), for the CUDA defaults:
decode graphs on, prefill graphs on without pipeline stages (arg_groups/cuda_graph_hook.py:150), KV sized before capture
(SGLANG_ENABLE_POST_CAPTURE_KV_SIZING is off). tests/engines/test_sizing.py holds this against the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.sizing.architecture import Architecture
from generator.sizing.weights import Split

MIB = 1 << 20
Role = Literal["unified", "prefill", "decode"]


@dataclass(frozen=True)
class Tier:
    """Defaults by GPU memory: below `limit` MiB; `graph_batch` for fewer than four TP ranks, and for more."""

    limit: float
    chunk: int
    graph_batch: tuple[int, int]


_TIERS = (
    Tier(20 * 1024, 2048, (8, 8)),
    Tier(35 * 1024, 4096, (48, 160)),
    Tier(60 * 1024, 4096, (32, 160)),
    Tier(160 * 1024, 8192, (256, 512)),
    Tier(float("inf"), 16384, (512, 512)),
)
_BIG_GPU = 60 * 1024
_BIG_GPU_RESERVE = 10 * 1024
_METADATA = 512
_CHUNK_MIB = 1.5
_PARALLEL_MIB = 1024 / 8
_DECODE_GRAPH_MIB = 2
_PREFILL_GRAPH_MIB = 8
_LATENT_PREFILL_MIB = 1.5 * 1024


def tier(memory_bytes: int) -> Tier:
    """The engine's defaults for a GPU of this size."""
    return next(each for each in _TIERS if memory_bytes / MIB < each.limit)


@dataclass(frozen=True)
class Bounds:
    """What is given on the engine's command line, 0 where the engine chooses."""

    chunk: int = 0
    """`--chunked-prefill-size`"""
    running: int = 0
    """`--max-running-requests`"""


FREE = Bounds()


def static_fraction(
    model: Architecture,
    split: Split,
    memory_bytes: int,
    *,
    role: Role = "unified",
    bounds: Bounds = FREE,
) -> float:
    """`--mem-fraction-static` as the engine computes it when it is not given."""
    total = memory_bytes / MIB
    fraction = round((total - _reserved_mib(model, split, memory_bytes, role, bounds)) / total, 3)
    return fraction if role == "decode" else fraction * model.tower_share


def _reserved_mib(model: Architecture, split: Split, memory_bytes: int, role: Role, bounds: Bounds) -> float:
    defaults, running = tier(memory_bytes), bounds.running
    chunk = bounds.chunk or defaults.chunk
    batch = defaults.graph_batch[split.tensor >= 4]
    batch = min(batch, running) if running else batch
    activation = max(running or batch, 2048) if role == "decode" else max(chunk, 2048)
    reserved = _METADATA + activation * _CHUNK_MIB + split.gpus * _PARALLEL_MIB
    if role != "prefill":
        reserved += batch * _DECODE_GRAPH_MIB
    if role != "decode" and split.pipeline == 1 and model.prefill_graphs:
        reserved += _LATENT_PREFILL_MIB if model.latent else len(_prefill_graphs(chunk)) * _PREFILL_GRAPH_MIB
    return max(reserved, _BIG_GPU_RESERVE) if memory_bytes / MIB > _BIG_GPU else reserved


def _prefill_graphs(chunk: int) -> list[int]:
    """Token counts that are captured (srt/arg_groups/cuda_graph_hook.py)."""
    sizes = [
        *range(4, 33, 4),
        *range(48, 257, 16),
        *range(288, 513, 32),
        *range(576, 1025, 64),
        *range(1280, 4097, 256),
        *range(4608, chunk + 1, 512),
    ]
    return [size for size in sizes if size <= chunk]
