"""GPUs come out as `nvidia-smi` shows them, with what each generation can't tell left out."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pynvml
import pytest

from generator.facts import GpuLink, GpuProcess
from generator.host.gpu import GpuFacts, collect_gpus
from generator.host.gpu.nvml import numa_node
from tests.generator.host.gpu.nvml_stand_in import Device, LibraryNotFoundError, Nvml, NvmlError

L4 = Device("GPU-1", "NVIDIA L4", 24, bus="0000:17:00.0")


@pytest.fixture(autouse=True)
def no_amd_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.host.gpu.amd.find_program", lambda _name: "")


def test_gpus_driver_and_cuda_are_found() -> None:
    nvml = Nvml(installed=(L4, replace(L4, uuid="GPU-2")))
    found = collect_gpus(nvml)
    assert [(gpu.index, gpu.uuid, gpu.name, gpu.memory_bytes) for gpu in found.gpus] == [
        (0, "GPU-1", "NVIDIA L4", 24),
        (1, "GPU-2", "NVIDIA L4", 24),
    ]
    assert (found.driver, found.cuda, found.problem, nvml.open) == ("580.65.06", (13, 1), "", 0)
    assert (found.gpus[0].compute, found.gpus[0].pci) == ((9, 0), "0000:17:00.0")


def test_mig_instances_stand_in_place_of_their_parent() -> None:
    instance = Device("MIG-1", "NVIDIA A100 MIG 3g.20gb", 20)
    nvml = Nvml(
        installed=(
            Device("GPU-1", "NVIDIA A100", 40, slots=(instance, None)),
            Device("GPU-2", "NVIDIA A100", 40),
        )
    )
    found = [(gpu.index, gpu.uuid, gpu.parent) for gpu in collect_gpus(nvml).gpus]
    assert found == [(0, "MIG-1", "GPU-1"), (1, "GPU-2", "")]


def test_a_gpu_that_shares_the_cpus_memory_reports_none() -> None:
    assert collect_gpus(Nvml(installed=(Device("GPU-1", "NVIDIA GB10", None),))).gpus[0].memory_bytes == 0


def test_processes_are_named_once_and_own_ones_marked() -> None:
    busy = replace(
        L4,
        memory=24 << 30,
        compute=((41, "python3", 6 << 30), (7, "/usr/bin/trainer", None)),
        graphics=((7, "/usr/bin/trainer", None),),
    )
    gpu = collect_gpus(Nvml(installed=(busy,)), owned=lambda pid: pid == 41).gpus[0]
    assert gpu.processes == (
        GpuProcess(7, "/usr/bin/trainer", 0),
        GpuProcess(41, "python3", 6 << 30, own=True),
    )
    assert gpu.free_bytes == 18 << 30


def test_nvlinks_between_two_gpus_are_counted() -> None:
    first = Device("GPU-1", "RTX 3090", 24, bus="0000:17:00.0", links=("0000:65:00.0",) * 4)
    second = Device("GPU-2", "RTX 3090", 24, bus="0000:65:00.0", links=("0000:17:00.0",) * 4)
    assert collect_gpus(Nvml(installed=(first, second))).links == (GpuLink("GPU-1", "GPU-2", "NV", 4),)


def test_gpus_on_a_switch_reach_each_other_over_all_links_that_are_up() -> None:
    first = Device("GPU-1", "H100", 80, bus="0000:17:00.0", links=("switch",) * 18)
    second = Device("GPU-2", "H100", 80, bus="0000:65:00.0", links=(*("switch",) * 17, ""))
    assert collect_gpus(Nvml(installed=(first, second))).links == (GpuLink("GPU-1", "GPU-2", "NV", 17),)


@pytest.mark.parametrize(
    ("level", "path"), [(10, "PIX"), (20, "PXB"), (30, "PHB"), (40, "NODE"), (50, "SYS")]
)
def test_without_nvlinks_the_pcie_path_is_told(level: int, path: str) -> None:
    first = replace(L4, ancestors={"GPU-2": level})
    found = collect_gpus(Nvml(installed=(first, replace(L4, uuid="GPU-2", bus="0000:65:00.0"))))
    assert [(link.path, link.lanes) for link in found.links] == [(path, 0)]


def test_a_pair_the_driver_says_nothing_about_has_no_link() -> None:
    assert collect_gpus(Nvml(installed=(L4, replace(L4, uuid="GPU-2", bus="")))).links == ()


def test_the_numa_node_is_the_kernels(tmp_path: Path) -> None:
    (tmp_path / "0000:17:00.0").mkdir()
    (tmp_path / "0000:17:00.0" / "numa_node").write_text("1\n")
    assert numa_node("0000:17:00.0", devices_directory=tmp_path) == 1
    assert numa_node("0000:65:00.0", devices_directory=tmp_path) == -1


def test_no_driver_is_no_gpu_and_no_problem() -> None:
    absent = Nvml(start_error=LibraryNotFoundError("NVML Shared Library Not Found"))
    assert collect_gpus(absent, specifications=()) == GpuFacts()


def test_a_driver_that_does_not_answer_says_why() -> None:
    facts = collect_gpus(Nvml(start_error=NvmlError("Driver/library version mismatch")))
    assert facts == GpuFacts(problem="Driver/library version mismatch")


def test_the_real_library_has_the_names_that_are_used() -> None:
    used = [name for name in vars(Nvml) if name.startswith(("nvml", "NVML"))]
    assert [name for name in used if not hasattr(pynvml, name)] == []
    assert collect_gpus().gpus == () or collect_gpus().driver
