"""GPUs of this host: through NVML, or through AMD's own tool where there is no NVIDIA driver, or as CDI offers them."""

from generator.host.gpu.collect import GpuFacts, collect_gpus

__all__ = ["GpuFacts", "collect_gpus"]
