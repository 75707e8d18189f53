"""NVIDIA's GPUs as NVML reports them: what `nvidia-smi -L` shows, in its order, MIG instances in place of their parent."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.facts import Gpu, GpuLink, GpuProcess, Version
from generator.host.gpu.nvlink import links

PCI_DEVICES = Path("/sys/bus/pci/devices")


@dataclass(frozen=True)
class DriverAnswer:
    """Everything the driver told."""

    gpus: tuple[Gpu, ...] = ()
    links: tuple[GpuLink, ...] = ()
    driver: str = ""
    cuda: Version = ()
    problem: str = ""


def ask_driver(nvml: Any = None) -> DriverAnswer:
    """All of it; nothing without a driver. `nvml` is nvidia-ml-py's module (imported here: it costs 30 ms)."""
    nvml = nvml or importlib.import_module("pynvml")
    try:
        nvml.nvmlInit()
    except nvml.NVMLError_LibraryNotFound:
        return DriverAnswer()
    except nvml.NVMLError as error:
        return DriverAnswer(problem=str(error))
    try:
        handles = [nvml.nvmlDeviceGetHandleByIndex(index) for index in range(nvml.nvmlDeviceGetCount())]
        return DriverAnswer(
            gpus=tuple(gpu for index, handle in enumerate(handles) for gpu in devices(nvml, index, handle)),
            links=links(nvml, handles),
            driver=text(nvml.nvmlSystemGetDriverVersion()),
            cuda=cuda_version(nvml.nvmlSystemGetCudaDriverVersion_v2()),
        )
    except nvml.NVMLError as error:
        return DriverAnswer(problem=str(error))
    finally:
        nvml.nvmlShutdown()


def devices(nvml: Any, index: int, parent: Any) -> Iterator[Gpu]:
    """The GPU, or the MIG instances it is cut into; `index` is the parent's."""
    pci = bus_id(nvml, parent)
    instances = mig_instances(nvml, parent)
    for handle in instances or (parent,):
        total, free = memory(nvml, handle)
        yield Gpu(
            index=index,
            uuid=text(nvml.nvmlDeviceGetUUID(handle)),
            name=text(nvml.nvmlDeviceGetName(handle)),
            memory_bytes=total,
            free_bytes=free,
            compute=tuple(told(nvml, nvml.nvmlDeviceGetCudaComputeCapability, parent, default=())),
            parent=text(nvml.nvmlDeviceGetUUID(parent)) if instances else "",
            pci=pci,
            numa=numa_node(pci),
            processes=processes(nvml, handle),
        )


def told(nvml: Any, question: Callable[..., Any], *arguments: Any, default: Any) -> Any:
    """The answer, or `default` from a device that has none: each generation lacks something."""
    try:
        return question(*arguments)
    except nvml.NVMLError:
        return default


def mig_instances(nvml: Any, parent: Any) -> tuple[Any, ...]:
    """Handles of the MIG instances of `parent`; () where MIG is off or the device has none of it."""
    current, _pending = told(nvml, nvml.nvmlDeviceGetMigMode, parent, default=(0, 0))
    if current != nvml.NVML_DEVICE_MIG_ENABLE:
        return ()
    slots = range(told(nvml, nvml.nvmlDeviceGetMaxMigDeviceCount, parent, default=0))
    found = (
        told(nvml, nvml.nvmlDeviceGetMigDeviceHandleByIndex, parent, slot, default=None) for slot in slots
    )
    return tuple(handle for handle in found if handle is not None)


def memory(nvml: Any, handle: Any) -> tuple[int, int]:
    """Total and free bytes; zeros on devices that share the CPU's memory and so report none."""
    answer = told(nvml, nvml.nvmlDeviceGetMemoryInfo, handle, default=None)
    return (int(answer.total), int(answer.free)) if answer else (0, 0)


def bus_id(nvml: Any, handle: Any) -> str:
    """As the kernel writes it: NVML's "00000000:17:00.0" is 0000:17:00.0."""
    answer = told(nvml, nvml.nvmlDeviceGetPciInfo, handle, default=None)
    return text(answer.busId).lower()[-12:] if answer else ""


def numa_node(pci: str, *, devices_directory: Path = PCI_DEVICES) -> int:
    """The kernel's -1 is a machine with one node."""
    try:
        return int((devices_directory / pci / "numa_node").read_text()) if pci else -1
    except (OSError, ValueError):
        return -1


def processes(nvml: Any, handle: Any) -> tuple[GpuProcess, ...]:
    """Those that compute or draw on it now, by pid. The driver does not see into other PID namespaces."""
    found = {}
    for question in (nvml.nvmlDeviceGetComputeRunningProcesses, nvml.nvmlDeviceGetGraphicsRunningProcesses):
        for process in told(nvml, question, handle, default=()):
            name = text(told(nvml, nvml.nvmlSystemGetProcessName, process.pid, default=""))
            found[process.pid] = GpuProcess(process.pid, name, int(process.usedGpuMemory or 0))
    return tuple(found[pid] for pid in sorted(found))


def text(value: str | bytes) -> str:
    """Old releases of nvidia-ml-py return bytes."""
    return value.decode() if isinstance(value, bytes) else value


def cuda_version(number: int) -> Version:
    """NVML's 13010 is CUDA 13.1."""
    return (number // 1000, number % 1000 // 10)
