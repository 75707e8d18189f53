"""A stand-in for nvidia-ml-py on machines without its library: the same names, errors and return types."""

# ruff: noqa: N802  (the names are the library's)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace


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
    bus: str = ""
    links: tuple[str, ...] = ()
    """Where each NVLink ends: a bus id, "switch", or "" for one that is down."""
    ancestors: Mapping[str, int] = field(default_factory=dict)
    """UUID of another GPU -> NVML's topology level."""
    compute: tuple[tuple[int, str, int | None], ...] = ()
    """(pid, name, bytes) of processes that compute on it."""
    graphics: tuple[tuple[int, str, int | None], ...] = ()


@dataclass
class Nvml:
    """The part of nvidia-ml-py that the kit calls."""

    installed: tuple[Device, ...] = ()
    start_error: NvmlError | None = None
    open: int = 0
    NVMLError: type[NvmlError] = NvmlError
    NVMLError_LibraryNotFound: type[NvmlError] = LibraryNotFoundError
    NVML_DEVICE_MIG_ENABLE: int = field(default=1)
    NVML_NVLINK_MAX_LINKS: int = field(default=36)
    NVML_FEATURE_ENABLED: int = field(default=1)
    NVML_NVLINK_DEVICE_TYPE_SWITCH: int = field(default=2)

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

    def nvmlSystemGetProcessName(self, pid: int) -> str:
        for device in self.installed:
            for known, name, _memory in (*device.compute, *device.graphics):
                if known == pid:
                    return name
        raise NvmlError("Not Found")

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
        used = sum(memory or 0 for _pid, _name, memory in (*device.compute, *device.graphics))
        return SimpleNamespace(total=device.memory, free=device.memory - used)

    def nvmlDeviceGetCudaComputeCapability(self, device: Device) -> tuple[int, int]:
        if device.name.startswith("MIG"):
            raise NvmlError("Not Supported")
        return (9, 0)

    def nvmlDeviceGetPciInfo(self, device: Device) -> SimpleNamespace:
        if not device.bus:
            raise NvmlError("Not Supported")
        return SimpleNamespace(busId=f"0000{device.bus.upper()}")

    def nvmlDeviceGetNvLinkState(self, device: Device, link: int) -> int:
        if link >= len(device.links):
            raise NvmlError("Invalid Argument")
        return int(bool(device.links[link]))

    def nvmlDeviceGetNvLinkRemoteDeviceType(self, device: Device, link: int) -> int:
        return 2 if device.links[link] == "switch" else 0

    def nvmlDeviceGetNvLinkRemotePciInfo(self, device: Device, link: int) -> SimpleNamespace:
        return SimpleNamespace(busId=device.links[link].upper().encode())

    def nvmlDeviceGetTopologyCommonAncestor(self, first: Device, second: Device) -> int:
        if second.uuid not in first.ancestors:
            raise NvmlError("Not Supported")
        return first.ancestors[second.uuid]

    def nvmlDeviceGetComputeRunningProcesses(self, device: Device) -> list[SimpleNamespace]:
        return [SimpleNamespace(pid=pid, usedGpuMemory=memory) for pid, _name, memory in device.compute]

    def nvmlDeviceGetGraphicsRunningProcesses(self, device: Device) -> list[SimpleNamespace]:
        return [SimpleNamespace(pid=pid, usedGpuMemory=memory) for pid, _name, memory in device.graphics]

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
