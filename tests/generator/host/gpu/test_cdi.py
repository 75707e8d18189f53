"""CDI specifications as `nvidia-ctk cdi generate` and `amd-ctk cdi generate` write them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.facts import CdiDevice, Gpu
from generator.host.collect import plannable
from generator.host.gpu import GpuFacts, collect_gpus
from generator.host.gpu.cdi import read_devices
from tests.generator.host.gpu.nvml_stand_in import Device, LibraryNotFoundError, Nvml, NvmlError

# The shape of NVIDIA/nvidia-container-toolkit, cmd/nvidia-ctk/cdi/generate/generate_test.go (nodes under a driver root
# have a hostPath), with the second name that --device-name-strategy=uuid adds.
NVIDIA = """---
cdiVersion: 0.5.0
kind: nvidia.com/gpu
devices:
    - name: "0"
      containerEdits:
        deviceNodes:
            - path: /dev/nvidia0
              hostPath: {dev}/nvidia0
    - name: GPU-8836a272-ca08-9629-24b6-54ca9b98cd30
      containerEdits:
        deviceNodes:
            - path: /dev/nvidia0
              hostPath: {dev}/nvidia0
    - name: all
      containerEdits:
        deviceNodes:
            - path: /dev/nvidia0
              hostPath: {dev}/nvidia0
containerEdits:
    env:
        - NVIDIA_VISIBLE_DEVICES=void
    deviceNodes:
        - path: /dev/nvidiactl
          hostPath: {dev}/nvidiactl
    hooks:
        - hookName: createContainer
          path: /usr/bin/nvidia-cdi-hook
          args:
            - nvidia-cdi-hook
            - update-ldcache
            - --folder
            - /lib/x86_64-linux-gnu
"""


def amd(dev: Path) -> str:
    """What ROCm/container-toolkit's internal/cdi/cdi.go encodes: one line, cards by index, /dev/kfd in each."""
    nodes = [
        {
            "path": f"{dev}/{name}",
            "type": "c",
            "major": 226,
            "minor": 1,
            "fileMode": 432,
            "permissions": "rwm",
        }
        for name in ("card1", "renderD128", "card2", "renderD129", "kfd")
    ]
    named = {"0": [*nodes[:2], nodes[4]], "1": [*nodes[2:4], nodes[4]], "all": nodes}
    devices = [{"name": name, "containerEdits": {"deviceNodes": these}} for name, these in named.items()]
    spec = {"cdiVersion": "0.6.0", "kind": "amd.com/gpu", "devices": devices, "containerEdits": {}}
    return json.dumps(spec) + "\n"


@pytest.fixture
def dev(tmp_path: Path) -> Path:
    """A /dev with two of AMD's cards and one of NVIDIA's, cut into two instances."""
    there = tmp_path / "dev"
    there.mkdir()
    for name in ("nvidia0", "cap12", "cap13", "cap21", "card1", "renderD128", "card2", "renderD129", "kfd"):
        (there / name).touch()
    return there


@pytest.fixture
def cdi(tmp_path: Path) -> Path:
    """The directory of the specifications."""
    there = tmp_path / "cdi"
    there.mkdir()
    return there


@pytest.fixture(autouse=True)
def no_amd_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.host.gpu.amd.find_program", lambda _name: "")


def found_without_driver(*directories: Path) -> GpuFacts:
    return collect_gpus(Nvml(start_error=LibraryNotFoundError("gone")), specifications=directories)


def test_a_gpu_of_nvidia_is_one_device_under_both_names(dev: Path, cdi: Path) -> None:
    (cdi / "nvidia.yaml").write_text(NVIDIA.format(dev=dev))
    uuid = "GPU-8836a272-ca08-9629-24b6-54ca9b98cd30"
    names = ("nvidia.com/gpu=0", f"nvidia.com/gpu={uuid}")
    known = CdiDevice(names, (f"{dev}/nvidia0",), str(cdi / "nvidia.yaml"))
    assert found_without_driver(cdi) == GpuFacts((Gpu(0, uuid, "NVIDIA GPU", 0, cdi=known),))


def test_cards_of_amd_are_told_apart(dev: Path, cdi: Path) -> None:
    (cdi / "amd.json").write_text(amd(dev))
    gpus = found_without_driver(cdi).gpus
    assert [(gpu.index, gpu.vendor, gpu.name, gpu.memory_bytes) for gpu in gpus] == [
        (0, "amd", "AMD GPU", 0),
        (1, "amd", "AMD GPU", 0),
    ]
    assert gpus[1].cdi == CdiDevice(
        ("amd.com/gpu=1",), (f"{dev}/card2", f"{dev}/renderD129", f"{dev}/kfd"), str(cdi / "amd.json")
    )


def test_instances_stand_in_place_of_the_gpu_they_are_cut_from(dev: Path, cdi: Path) -> None:
    nodes = {"0": ["nvidia0"], "0:0": ["nvidia0", "cap12", "cap13"], "0:1": ["nvidia0", "cap12", "cap21"]}
    write(cdi / "nvidia.json", dev, nodes)
    gpus = found_without_driver(cdi).gpus
    assert [(gpu.index, gpu.uuid, gpu.parent) for gpu in gpus] == [
        (0, "0:0", f"{dev}/nvidia0"),
        (0, "0:1", f"{dev}/nvidia0"),
    ]


def write(file: Path, dev: Path, nodes: dict[str, list[str]]) -> None:
    """NVIDIA's devices by name."""
    devices: list[Any] = [
        {"name": name, "containerEdits": {"deviceNodes": [{"path": f"{dev}/{each}"} for each in these]}}
        for name, these in nodes.items()
    ]
    file.write_text(json.dumps({"cdiVersion": "0.5.0", "kind": "nvidia.com/gpu", "devices": devices}))


def test_names_by_type_and_index_are_understood(dev: Path, cdi: Path) -> None:
    write(cdi / "nvidia.json", dev, {"gpu0": ["nvidia0"]})
    assert [(gpu.index, gpu.uuid) for gpu in found_without_driver(cdi).gpus] == [(0, "0")]


def test_a_driver_that_tells_of_its_gpus_is_believed_alone(dev: Path, cdi: Path) -> None:
    (cdi / "nvidia.yaml").write_text(NVIDIA.format(dev=dev))
    (cdi / "amd.json").write_text(amd(dev))
    found = collect_gpus(Nvml(installed=(Device("GPU-1", "NVIDIA L4", 24),)), specifications=(cdi,))
    assert [(gpu.name, gpu.cdi is None) for gpu in found.gpus] == [
        ("NVIDIA L4", True),
        ("AMD GPU", False),
        ("AMD GPU", False),
    ]
    assert [gpu.name for gpu in plannable(found.gpus)] == ["NVIDIA L4"]


def test_a_driver_that_is_broken_is_not_hidden_by_a_file(dev: Path, cdi: Path) -> None:
    (cdi / "nvidia.yaml").write_text(NVIDIA.format(dev=dev))
    found = collect_gpus(Nvml(start_error=NvmlError("version mismatch")), specifications=(cdi,))
    assert found == GpuFacts(problem="version mismatch")


def test_the_later_directory_hides_namesakes(dev: Path, cdi: Path, tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    write(cdi / "a.json", dev, {"0": ["nvidia0"]})
    write(tmp_path / "run" / "b.json", dev, {"0": ["nvidia0", "cap12"]})
    gpus, _warnings = read_devices((), (cdi, tmp_path / "run", tmp_path / "none"))
    assert [gpu.cdi and Path(gpu.cdi.file).name for gpu in gpus] == ["b.json"]


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("a.json", '{"cdiVersion": "0.6.0", "kind": "amd', "Unterminated string"),
        ("a.json", '{"kind": "amd.com/gpu"}', "it has no 'devices'"),
        ("a.json", "[]", "its layout is another"),
        ("a.json", '{"kind": "amd.com/gpu", "devices": [{"containerEdits": []}]}', "it has no 'name'"),
        ("a.json", '{"kind": "amd.com/gpu", "devices": ["0"]}', "its layout is another"),
        ("a.yaml", "kind: nvidia.com/gpu\ndevices: [", "while parsing"),
        ("a.yaml", "", "its layout is another"),
    ],
)
def test_a_broken_file_is_named_and_hides_no_other(
    dev: Path, cdi: Path, name: str, text: str, reason: str
) -> None:
    (cdi / name).write_text(text)
    (cdi / "z.json").write_text(amd(dev))
    found = found_without_driver(cdi)
    assert len(found.gpus) == 2
    assert len(found.warnings) == 1
    assert found.warnings[0].startswith(f"{cdi / name} is no CDI specification: {reason}")


def test_a_file_that_outlived_its_driver_offers_nothing(dev: Path, cdi: Path) -> None:
    (cdi / "nvidia.yaml").write_text(NVIDIA.format(dev=dev))
    (dev / "nvidia0").unlink()
    warning = f"{cdi / 'nvidia.yaml'} is out of date: {dev}/nvidia0 not found"
    assert found_without_driver(cdi) == GpuFacts(warnings=(warning,))


def test_what_is_no_gpu_is_passed_over(cdi: Path) -> None:
    other = {"cdiVersion": "0.6.0", "kind": "vendor.com/net", "devices": [{"name": "0"}]}
    (cdi / "net.json").write_text(json.dumps(other))
    (cdi / "notes.txt").write_text("kind: nvidia.com/gpu\n")
    assert found_without_driver(cdi) == GpuFacts()
