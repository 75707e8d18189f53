"""What one replica has room for on a set of GPUs: weights, KV cache, contexts."""

from __future__ import annotations

from dataclasses import dataclass

from generator.sizing.architecture import Architecture
from generator.sizing.kv_cache import KvType, kv_share, requests_in, token_bytes
from generator.sizing.reserve import FREE, Bounds, Role, static_fraction
from generator.sizing.weights import Split, weight_bytes

GIB = 1 << 30

# What is gone from a GPU before weights are loaded: the driver's reserve and the CUDA context grow with the GPU,
# communicators come with a second GPU. Fitted to the start-up logs in tests/generator/sizing/logs.json.
_CONTEXT_SHARE = 0.0085
_CONTEXT = int(0.4 * GIB)
_COMMUNICATOR_SHARE = 0.01
# Beside the weights: tables of the rotary embedding, and what the allocator rounds up; more in a group.
_BESIDE_WEIGHTS = int(0.1 * GIB)


@dataclass(frozen=True)
class Demand:
    """The model and how it is to be run."""

    model: Architecture
    file_bytes: int = 0
    """Size of the weights' files, 0 where it is not known."""
    kv_type: KvType = "auto"
    static_fraction: float = 0.0
    """`--mem-fraction-static` where the operator gives it, else 0."""
    bounds: Bounds = FREE
    total_tokens: int = 0
    """`--max-total-tokens` where the operator gives it, else 0."""
    against_stages: str = ""
    """Why it can't be cut into pipeline stages, besides the model's own reasons."""
    expert_groups: int = 0
    """`--ep-size`: groups of GPUs that have different experts; 0 where it is not given."""
    context: int = 0
    """Tokens of the context that is asked for; the model's own where the operator asks for none."""
    context_asked: bool = False


@dataclass(frozen=True)
class Fit:
    """Bytes are those of the fullest GPU; tokens those of the replica."""

    weights: int
    kv: int
    """Bytes of the pool for KV cache; negative by what is missing."""
    tokens: int
    fraction: float
    requests: int | None = None
    """That run at once, as far as the states of linear attention bound them; None where they don't."""

    @property
    def fits(self) -> bool:
        """Whether the engine starts at all."""
        return self.tokens > 0 and self.requests != 0

    def contexts(self, length: int) -> int:
        """Of so many tokens, held at once."""
        held = self.tokens // length
        return held if self.requests is None else min(held, self.requests)


def fit(demand: Demand, split: Split, memory_bytes: int, *, role: Role = "unified", taken: int = 0) -> Fit:
    """On GPUs of `memory_bytes` each, of which other processes have `taken`.

    The pool is what is left of the share that weights and KV may have of the memory that was free at the start
    (SGLang 0.5.23 srt/mem_cache/kv_cache_configurator.py _profile_available_bytes).
    """
    model = demand.model
    fraction = demand.static_fraction or static_fraction(
        model, split, memory_bytes, role=role, bounds=demand.bounds
    )
    weights = weight_bytes(model, split, file_bytes=demand.file_bytes)
    weights += _BESIDE_WEIGHTS * (2 if split.gpus > 1 else 1)
    pool = int((usable(memory_bytes, split) - taken) * fraction) - weights
    kv = int(pool * kv_share(model))
    tokens = max(0, int(kv / (token_bytes(model, split, kv_type=demand.kv_type) or 1)))
    tokens = min(tokens, demand.total_tokens) if demand.total_tokens else tokens
    return Fit(weights, kv, tokens, fraction, requests_in(model, split, pool - kv))


def usable(memory_bytes: int, split: Split) -> int:
    """Bytes a process finds free on an idle GPU, once it talks to the others of its set."""
    share = _CONTEXT_SHARE + (_COMMUNICATOR_SHARE if split.gpus > 1 else 0)
    return int(memory_bytes * (1 - share)) - _CONTEXT
