"""GPUs as NVML reports them: what `nvidia-smi -L` shows, in its order, MIG instances in place of their parent."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from generator.facts import Gpu, Version


@dataclass(frozen=True)
class GpuFacts:
    """The devices and the driver. `problem` says why a driver that is installed does not answer, else ""."""

    gpus: tuple[Gpu, ...] = ()
    driver: str = ""
    cuda: Version = ()
    problem: str = ""


def collect_gpus(nvml: Any = None) -> GpuFacts:
    """All GPUs; none without a driver. `nvml` is nvidia-ml-py's module (imported here: it costs 30 ms)."""
    nvml = nvml or importlib.import_module("pynvml")
    try:
        nvml.nvmlInit()
    except nvml.NVMLError_LibraryNotFound:
        return GpuFacts()
    except nvml.NVMLError as error:
        return GpuFacts(problem=str(error))
    try:
        return GpuFacts(
            gpus=tuple(devices(nvml)),
            driver=text(nvml.nvmlSystemGetDriverVersion()),
            cuda=cuda_version(nvml.nvmlSystemGetCudaDriverVersion_v2()),
        )
    except nvml.NVMLError as error:
        return GpuFacts(problem=str(error))
    finally:
        nvml.nvmlShutdown()


def devices(nvml: Any) -> Iterator[Gpu]:
    """Each GPU, or the MIG instances it is cut into; `index` is the parent's."""
    for index in range(nvml.nvmlDeviceGetCount()):
        parent = nvml.nvmlDeviceGetHandleByIndex(index)
        for handle in mig_instances(nvml, parent) or (parent,):
            yield Gpu(
                index=index,
                uuid=text(nvml.nvmlDeviceGetUUID(handle)),
                name=text(nvml.nvmlDeviceGetName(handle)),
                memory_bytes=memory(nvml, handle),
            )


def mig_instances(nvml: Any, parent: Any) -> tuple[Any, ...]:
    """Handles of the MIG instances of `parent`; () where MIG is off or the device has none of it."""
    try:
        current, _pending = nvml.nvmlDeviceGetMigMode(parent)
        if current != nvml.NVML_DEVICE_MIG_ENABLE:
            return ()
        slots = nvml.nvmlDeviceGetMaxMigDeviceCount(parent)
    except nvml.NVMLError:
        return ()
    return tuple(handle for slot in range(slots) if (handle := mig_instance(nvml, parent, slot)) is not None)


def mig_instance(nvml: Any, parent: Any, slot: int) -> Any | None:
    """The instance in `slot`, None when the slot is empty."""
    try:
        return nvml.nvmlDeviceGetMigDeviceHandleByIndex(parent, slot)
    except nvml.NVMLError:
        return None


def memory(nvml: Any, handle: Any) -> int:
    """Total bytes; 0 on devices that share the CPU's memory and so report none."""
    try:
        return int(nvml.nvmlDeviceGetMemoryInfo(handle).total)
    except nvml.NVMLError:
        return 0


def text(value: str | bytes) -> str:
    """Old releases of nvidia-ml-py return bytes."""
    return value.decode() if isinstance(value, bytes) else value


def cuda_version(number: int) -> Version:
    """NVML's 13010 is CUDA 13.1."""
    return (number // 1000, number % 1000 // 10)
