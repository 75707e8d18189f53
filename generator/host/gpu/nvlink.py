"""How NVIDIA's GPUs reach each other: NVLinks first, else the PCIe path, as `nvidia-smi topo -m` has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from typing import Any

from generator.facts import GpuLink, LinkPath

SWITCH = "switch"
"""What stands in place of a bus id for a link that ends in an NVSwitch."""

# NVML_TOPOLOGY_*: internal, single switch, multiple switches, host bridge, node, system.
_PATHS: dict[int, LinkPath] = {0: "PIX", 10: "PIX", 20: "PXB", 30: "PHB", 40: "NODE", 50: "SYS"}


def links(nvml: Any, handles: Sequence[Any]) -> tuple[GpuLink, ...]:
    """One a pair of GPUs; none for a pair the driver says nothing about."""
    ends = [link_ends(nvml, handle) for handle in handles]
    buses = [bus(nvml, handle) for handle in handles]
    found = []
    for first, second in combinations(range(len(handles)), 2):
        lanes = ends[first][buses[second]] or min(ends[first][SWITCH], ends[second][SWITCH])
        path = "NV" if lanes else pcie_path(nvml, handles[first], handles[second])
        if path:
            uuids = [nvml.nvmlDeviceGetUUID(handles[end]) for end in (first, second)]
            one, other = (uuid.decode() if isinstance(uuid, bytes) else uuid for uuid in uuids)
            found.append(GpuLink(one, other, path, lanes))
    return tuple(found)


def link_ends(nvml: Any, handle: Any) -> Counter[str]:
    """How many active NVLinks end where: at the bus id of a GPU, or in a switch."""
    ends: Counter[str] = Counter()
    for link in range(nvml.NVML_NVLINK_MAX_LINKS):
        try:
            if nvml.nvmlDeviceGetNvLinkState(handle, link) != nvml.NVML_FEATURE_ENABLED:
                continue
            kind = nvml.nvmlDeviceGetNvLinkRemoteDeviceType(handle, link)
            if kind == nvml.NVML_NVLINK_DEVICE_TYPE_SWITCH:
                ends[SWITCH] += 1
            else:
                ends[plain(nvml.nvmlDeviceGetNvLinkRemotePciInfo(handle, link).busId)] += 1
        except nvml.NVMLError:
            continue
    return ends


def bus(nvml: Any, handle: Any) -> str:
    """The bus id, "" where the driver does not tell."""
    try:
        return plain(nvml.nvmlDeviceGetPciInfo(handle).busId)
    except nvml.NVMLError:
        return ""


def plain(bus_id: str | bytes) -> str:
    """Both spellings of a PCI domain, four digits and eight, made one."""
    return (bus_id.decode() if isinstance(bus_id, bytes) else bus_id).lower()[-12:]


def pcie_path(nvml: Any, first: Any, second: Any) -> LinkPath | None:
    """The nearest thing both hang on."""
    try:
        return _PATHS.get(nvml.nvmlDeviceGetTopologyCommonAncestor(first, second))
    except nvml.NVMLError:
        return None
