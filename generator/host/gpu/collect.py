"""`collect_gpus`: whichever vendor's driver answers, and what CDI specifications offer of the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from generator.facts import Gpu, GpuLink, Version
from generator.host.gpu import amd, cdi, nvml

Owned = Callable[[int], bool]
"""Whether a process belongs to the deployment in question."""


@dataclass(frozen=True)
class GpuFacts:
    """The devices and the driver. `problem` says why a driver that is installed does not answer, else "";
    `warnings` name CDI specifications that are broken or out of date."""

    gpus: tuple[Gpu, ...] = ()
    links: tuple[GpuLink, ...] = ()
    driver: str = ""
    cuda: Version = ()
    problem: str = ""
    warnings: tuple[str, ...] = ()


def collect_gpus(
    library: Any = None,
    *,
    owned: Owned = lambda _pid: False,
    specifications: Sequence[Path] = cdi.DIRECTORIES,
) -> GpuFacts:
    """All GPUs; none without a driver or a CDI specification. `library` is nvidia-ml-py's module, where it is not
    to be imported."""
    found = nvml.ask_driver(library)
    if found.problem:
        return GpuFacts(problem=found.problem)  # what a specification offers needs the same driver
    if not found.driver:
        gpus, links, driver = amd.ask_tool()
        found = nvml.DriverAnswer(gpus, links, driver)
    offered, warnings = cdi.read_devices({gpu.vendor for gpu in found.gpus}, specifications)
    gpus = (*(with_owners(gpu, owned) for gpu in found.gpus), *offered)
    return GpuFacts(gpus, found.links, found.driver, found.cuda, warnings=warnings)


def with_owners(gpu: Gpu, owned: Owned) -> Gpu:
    """The GPU with each process marked that is the deployment's own."""
    return replace(gpu, processes=tuple(replace(each, own=owned(each.pid)) for each in gpu.processes))
