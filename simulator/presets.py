"""Named machines: an L4, an A100 and an H100 running an 8B and a 70B model.

GPU numbers are NVIDIA's data sheets (dense bf16, without sparsity); model numbers are the published Llama 3.1
configurations. The tensor-parallel size is the smallest power of two whose memory holds the weights and some KV.
"""

from types import MappingProxyType
from typing import Final

from simulator.timing import Gpu, Machine, Model, model_machine

GPUS: Final = MappingProxyType(
    {
        "l4": Gpu("L4", memory_gb=24, bandwidth_gb_s=300, tflops=121),
        "a100": Gpu("A100 80GB SXM", memory_gb=80, bandwidth_gb_s=2039, tflops=312),
        "h100": Gpu("H100 80GB SXM", memory_gb=80, bandwidth_gb_s=3350, tflops=989),
    }
)

MODELS: Final = MappingProxyType(
    {
        "8b": Model("Llama 3.1 8B", parameters_b=8.03, layers=32, kv_heads=8, head_size=128),
        "70b": Model("Llama 3.1 70B", parameters_b=70.6, layers=80, kv_heads=8, head_size=128),
    }
)

TP_SIZES: Final = MappingProxyType(
    {
        "l4-8b": 1,
        "l4-70b": 8,
        "a100-8b": 1,
        "a100-70b": 4,
        "h100-8b": 1,
        "h100-70b": 4,
    }
)
"""Preset name to its own tensor-parallel size, which `--tp-size` overrides."""

DEFAULT_PRESET: Final = "h100-8b"


def machine(preset: str, *, tp_size: int | None) -> Machine:
    """The modelled machine of a preset; `tp_size` None means the preset's own.

    Raises ValueError for weights which do not fit.
    """
    gpu, _, model = preset.partition("-")
    return model_machine(GPUS[gpu], model=MODELS[model], tp_size=tp_size or TP_SIZES[preset])
