"""GPUs come out as `nvidia-smi -L` lists them. The stand-in below has nvidia-ml-py's names and errors."""

# ruff: noqa: N802  (the names are the library's)

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace

import pynvml

from generator.facts import Gpu
from generator.host.gpus import GpuFacts, collect_gpus


class NvmlError(Exception):
    """As pynvml.NVMLError."""


class LibraryNotFoundError(NvmlError):
    """As pynvml.NVMLError_LibraryNotFound: no driver is installed."""


@dataclass(frozen=True)
class Device:
    """A GPU or a MIG instance; `memory` None is a device that does not tell, `slots` None one without MIG."""

    uuid: str
    name: str
    memory: int | None
    slots: tuple[Device | None, ...] | None = None


@dataclass
class Nvml:
    """The part of nvidia-ml-py that the kit calls."""

    installed: tuple[Device, ...] = ()
    start_error: NvmlError | None = None
    open: int = 0
    NVMLError: type[NvmlError] = NvmlError
    NVMLError_LibraryNotFound: type[NvmlError] = LibraryNotFoundError
    NVML_DEVICE_MIG_ENABLE: int = field(default=1)

    def nvmlInit(self) -> None:
        if self.start_error:
            raise self.start_error
        self.open += 1

    def nvmlShutdown(self) -> None:
        self.open -= 1

    def nvmlSystemGetDriverVersion(self) -> bytes:
        return b"580.65.06"

    def nvmlSystemGetCudaDriverVersion_v2(self) -> int:
        return 13010

    def nvmlDeviceGetCount(self) -> int:
        return len(self.installed)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> Device:
        return self.installed[index]

    def nvmlDeviceGetUUID(self, device: Device) -> str:
        return device.uuid

    def nvmlDeviceGetName(self, device: Device) -> str:
        return device.name

    def nvmlDeviceGetMemoryInfo(self, device: Device) -> SimpleNamespace:
        if device.memory is None:
            raise NvmlError("Not Supported")
        return SimpleNamespace(total=device.memory)

    def nvmlDeviceGetMigMode(self, device: Device) -> tuple[int, int]:
        if device.slots is None:
            raise NvmlError("Not Supported")
        return (1, 1)

    def nvmlDeviceGetMaxMigDeviceCount(self, device: Device) -> int:
        return len(device.slots or ())

    def nvmlDeviceGetMigDeviceHandleByIndex(self, device: Device, slot: int) -> Device:
        instance = (device.slots or ())[slot]
        if instance is None:
            raise NvmlError("Not Found")
        return instance


def test_gpus_driver_and_cuda_are_found() -> None:
    nvml = Nvml(installed=(Device("GPU-1", "NVIDIA L4", 24), Device("GPU-2", "NVIDIA L4", 24)))
    assert collect_gpus(nvml) == GpuFacts(
        gpus=(Gpu(0, "GPU-1", "NVIDIA L4", 24), Gpu(1, "GPU-2", "NVIDIA L4", 24)),
        driver="580.65.06",
        cuda=(13, 1),
    )
    assert nvml.open == 0


def test_mig_instances_stand_in_place_of_their_parent() -> None:
    instance = Device("MIG-1", "NVIDIA A100 MIG 3g.20gb", 20)
    nvml = Nvml(
        installed=(
            Device("GPU-1", "NVIDIA A100", 40, slots=(instance, None)),
            Device("GPU-2", "NVIDIA A100", 40),
        )
    )
    assert [(gpu.index, gpu.uuid) for gpu in collect_gpus(nvml).gpus] == [(0, "MIG-1"), (1, "GPU-2")]


def test_a_gpu_that_shares_the_cpus_memory_reports_none() -> None:
    assert collect_gpus(Nvml(installed=(Device("GPU-1", "NVIDIA GB10", None),))).gpus[0].memory_bytes == 0


def test_no_driver_is_no_gpu_and_no_problem() -> None:
    assert collect_gpus(Nvml(start_error=LibraryNotFoundError("NVML Shared Library Not Found"))) == GpuFacts()


def test_a_driver_that_does_not_answer_says_why() -> None:
    facts = collect_gpus(Nvml(start_error=NvmlError("Driver/library version mismatch")))
    assert facts == GpuFacts(problem="Driver/library version mismatch")


def test_the_real_library_has_the_names_that_are_used() -> None:
    used = [name for name in vars(Nvml) if name.startswith(("nvml", "NVML"))]
    assert [name for name in used if not hasattr(pynvml, name)] == []
    assert collect_gpus().gpus == () or collect_gpus().driver
