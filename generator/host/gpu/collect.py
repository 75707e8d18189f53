"""`collect_gpus`: whichever vendor's driver answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from generator.facts import Gpu, GpuLink, Version
from generator.host.gpu import amd, nvml

Owned = Callable[[int], bool]
"""Whether a process belongs to the deployment in question."""


@dataclass(frozen=True)
class GpuFacts:
    """The devices and the driver. `problem` says why a driver that is installed does not answer, else ""."""

    gpus: tuple[Gpu, ...] = ()
    links: tuple[GpuLink, ...] = ()
    driver: str = ""
    cuda: Version = ()
    problem: str = ""


def collect_gpus(library: Any = None, *, owned: Owned = lambda _pid: False) -> GpuFacts:
    """All GPUs; none without a driver. `library` is nvidia-ml-py's module, where it is not to be imported."""
    found = nvml.ask_driver(library)
    if not (found.driver or found.problem):
        gpus, links, driver = amd.ask_tool()
        found = nvml.DriverAnswer(gpus, links, driver)
    gpus = tuple(with_owners(gpu, owned) for gpu in found.gpus)
    return GpuFacts(gpus, found.links, found.driver, found.cuda, found.problem)


def with_owners(gpu: Gpu, owned: Owned) -> Gpu:
    """The GPU with each process marked that is the deployment's own."""
    return replace(gpu, processes=tuple(replace(each, own=owned(each.pid)) for each in gpu.processes))
