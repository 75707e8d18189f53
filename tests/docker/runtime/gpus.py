"""The simulated GPUs: eight of them, whose UUIDs never change."""

import re

GPU_COUNT = 8
GPU_NAME = "NVIDIA H100 80GB HBM3"
GPU_MEMORY_MIB = 81559
DRIVER = "580.95.05"


class UnknownDeviceError(LookupError):
    """A GPU that this machine does not have."""


def uuid(index: int) -> str:
    """UUID of the GPU with this number on the host."""
    return f"GPU-5f0a10{index}{index}-0000-4000-8000-{index:012d}"


UUIDS = tuple(uuid(index) for index in range(GPU_COUNT))


def resolve(visible: str) -> tuple[int, ...]:
    """Host numbers of the GPUs that a value of NVIDIA_VISIBLE_DEVICES names, by number or by UUID.

    Raises UnknownDeviceError for one that does not exist.
    """
    if visible in {"", "void", "none"}:
        return ()
    if visible == "all":
        return tuple(range(GPU_COUNT))
    return tuple(_index(device) for device in visible.split(","))


def _index(device: str) -> int:
    if device in UUIDS:
        return UUIDS.index(device)
    if re.fullmatch(r"[0-9]", device) and int(device) < GPU_COUNT:
        return int(device)
    raise UnknownDeviceError(device)
