"""The simulated GPUs: eight of them, whose UUIDs never change."""

from collections.abc import Sequence

COUNT = 8
NAME = "NVIDIA H100 80GB HBM3"
UUIDS = tuple(f"GPU-5f0a10{index}{index}-0000-4000-8000-{index:012d}" for index in range(COUNT))


class UnknownDevice(LookupError):  # noqa: N818 - the toolkit's words for it
    """A GPU that this machine does not have."""


def granted(visible: str) -> tuple[str, ...]:
    """UUIDs of the GPUs that a value of NVIDIA_VISIBLE_DEVICES names, by number or by UUID.

    Raises UnknownDevice for one that does not exist.
    """
    if visible in {"", "void", "none"}:
        return ()
    if visible == "all":
        return UUIDS
    return tuple(_uuid(device) for device in visible.split(","))


def _uuid(device: str) -> str:
    if device in UUIDS:
        return device
    if device.isdecimal() and int(device) < COUNT:
        return UUIDS[int(device)]
    raise UnknownDevice(device)


def listing(uuids: Sequence[str]) -> str:
    """What `nvidia-smi -L` prints: inside a container GPUs are numbered from 0, whatever they are outside."""
    if not uuids:
        return "No devices found.\n"
    return "".join(f"GPU {index}: {NAME} (UUID: {uuid})\n" for index, uuid in enumerate(uuids))
