"""How fast GPUs and the paths between them are: from data sheets, only ever used to compare layouts on one host."""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.facts import Gpu, GpuLink


@dataclass(frozen=True)
class Speed:
    """Memory bandwidth in bytes/s; dense 16-bit tensor operations per second."""

    bandwidth: float
    operations: float
    known: bool = True


@dataclass(frozen=True)
class Path:
    """Bytes/s of an all-reduce over it, and seconds before its first byte."""

    bandwidth: float
    delay: float


# Name as NVML or amd-smi gives it -> GB/s, TFLOPS without sparsity: the vendors' data sheets. The first match counts.
_SHEETS: tuple[tuple[str, float, float], ...] = (
    (r"GB300|B300", 8000, 2500),
    (r"GB200|B200", 8000, 2250),
    (r"GH200|H200", 4800, 989),
    (r"H100 NVL", 3900, 835),
    (r"H100 PCIe", 2000, 756),
    (r"H100|H800", 3350, 989),
    (r"H20", 4000, 148),
    (r"A100.*40GB", 1555, 312),
    (r"A100|A800", 2039, 312),
    (r"RTX PRO 6000", 1792, 252),
    (r"RTX 6000 Ada", 960, 182),
    (r"L40S", 864, 362),
    (r"L40|L20", 864, 181),
    (r"\bL4\b", 300, 121),
    (r"A10G?\b", 600, 125),
    (r"A30\b", 933, 165),
    (r"A40\b", 696, 150),
    (r"A6000", 768, 155),
    (r"V100", 900, 125),
    (r"\bT4\b", 320, 65),
    (r"RTX 5090", 1792, 209),
    (r"RTX 4090", 1008, 165),
    (r"RTX 3090", 936, 71),
    (r"MI35[05]X", 8000, 2300),
    (r"MI325X", 6000, 1307),
    (r"MI300X", 5300, 1307),
)
_UNKNOWN = Speed(1000e9, 150e12, known=False)
_MIG = re.compile(r"MIG (\d)g\.")
_SLICES = 7

_NVLINK_LANE = 25e9
"""Bytes/s and direction of one link, NVLink 3 and later."""
_PATHS = {
    "XGMI": Path(300e9, 10e-6),
    "PIX": Path(20e9, 25e-6),
    "PXB": Path(18e9, 25e-6),
    "PHB": Path(12e9, 30e-6),
    "NODE": Path(10e9, 35e-6),
    "SYS": Path(8e9, 45e-6),
}


def speed(gpu: Gpu) -> Speed:
    """By its name; a MIG instance has its share. What is not in the list counts as some usual card."""
    found = next((sheet for sheet in _SHEETS if re.search(sheet[0], gpu.name)), None)
    whole = Speed(found[1] * 1e9, found[2] * 1e12) if found else _UNKNOWN
    part = _MIG.search(gpu.name)
    share = int(part[1]) / _SLICES if part else 1.0
    return Speed(whole.bandwidth * share, whole.operations * share, known=whole.known)


def path(link: GpuLink) -> Path:
    """What an exchange over a link costs."""
    if link.path == "NV":
        return Path(max(link.lanes, 1) * _NVLINK_LANE, 10e-6)
    return _PATHS[link.path]
