"""How long a step takes, and how much fits: a roofline model of a GPU running a dense decoder.

These are model values, derived from data-sheet numbers, and no measurements. A decode step reads all weights and
the KV of every running sequence (bandwidth bound); a prefill step multiplies every new token with all weights
(arithmetic bound). What real kernels reach of the data sheet is one factor each, below.
"""

from dataclasses import dataclass
from typing import Final

BANDWIDTH_SHARE: Final = 0.70
"""Share of the memory bandwidth which decode kernels are taken to reach."""

ARITHMETIC_SHARE: Final = 0.45
"""Share of the dense bf16 arithmetic which prefill kernels are taken to reach."""

MEMORY_SHARE: Final = 0.85
"""Share of GPU memory for weights and KV; the rest is activations, graphs and the reserve."""

STEP_OVERHEAD_SECONDS: Final = 0.002
"""Scheduling, sampling and detokenizing around one step."""

SEQUENCE_SECONDS: Final = 10e-6
"""Host work for one sequence of a step."""

COLLECTIVE_SECONDS: Final = 12e-6
"""One all-reduce of a decode step between the GPUs of a set; a layer needs two."""


@dataclass(frozen=True)
class Gpu:
    """Data-sheet numbers of one GPU: GB, GB/s, dense bf16 TFLOP/s."""

    name: str
    memory_gb: float
    bandwidth_gb_s: float
    tflops: float


@dataclass(frozen=True)
class Model:
    """A dense decoder with grouped-query attention, in bf16. Parameters are in billions."""

    name: str
    parameters_b: float
    layers: int
    kv_heads: int
    head_size: int

    @property
    def weight_bytes(self) -> float:
        """Bytes of all weights, two per parameter."""
        return self.parameters_b * 2e9

    @property
    def kv_bytes_per_token(self) -> int:
        """Bytes of keys and values of one token over all layers."""
        return 2 * 2 * self.layers * self.kv_heads * self.head_size


@dataclass(frozen=True, slots=True)
class StepTimes:
    """Seconds of a step as linear functions of its work; `scale` stretches all of them (a slower machine)."""

    prefill_base: float
    prefill_per_token: float
    decode_base: float
    decode_per_sequence: float
    decode_per_context_token: float
    scale: float = 1.0

    def prefill(self, *, new_tokens: int) -> float:
        """Seconds to compute `new_tokens` prompt tokens which were not cached."""
        return self.scale * (self.prefill_base + self.prefill_per_token * new_tokens)

    def decode(self, *, sequences: int, context_tokens: int) -> float:
        """Seconds to give each of `sequences` one token; `context_tokens` is the sum of their lengths."""
        per_sequence = self.decode_per_sequence * sequences
        return self.scale * (self.decode_base + per_sequence + self.decode_per_context_token * context_tokens)


@dataclass(frozen=True)
class Machine:
    """What a preset resolves to: times, room for KV, and what loading would take."""

    name: str
    tp_size: int
    times: StepTimes
    kv_tokens: int
    weight_gb: float
    gpu_memory_gb: float
    kv_bytes_per_token: int


def model_machine(gpu: Gpu, *, model: Model, tp_size: int) -> Machine:
    """The modelled machine of `tp_size` GPUs sharing one model.

    Raises ValueError when the weights leave no room for KV.
    """
    bandwidth = gpu.bandwidth_gb_s * 1e9 * tp_size * BANDWIDTH_SHARE
    arithmetic = gpu.tflops * 1e12 * tp_size * ARITHMETIC_SHARE
    room = gpu.memory_gb * 1e9 * tp_size * MEMORY_SHARE - model.weight_bytes
    if room <= 0:
        raise ValueError(
            f"{model.name} needs {model.weight_bytes / 1e9:.0f} GB: {tp_size} x {gpu.name} is too small"
        )
    collectives = 2 * model.layers * COLLECTIVE_SECONDS if tp_size > 1 else 0.0
    times = StepTimes(
        prefill_base=STEP_OVERHEAD_SECONDS + collectives,
        prefill_per_token=2 * model.parameters_b * 1e9 / arithmetic,
        decode_base=STEP_OVERHEAD_SECONDS + collectives + model.weight_bytes / bandwidth,
        decode_per_sequence=SEQUENCE_SECONDS,
        decode_per_context_token=model.kv_bytes_per_token / bandwidth,
    )
    return Machine(
        name=f"{tp_size} x {gpu.name}, {model.name}",
        tp_size=tp_size,
        times=times,
        kv_tokens=int(room / model.kv_bytes_per_token),
        weight_gb=model.weight_bytes / 1e9,
        gpu_memory_gb=gpu.memory_gb,
        kv_bytes_per_token=model.kv_bytes_per_token,
    )
