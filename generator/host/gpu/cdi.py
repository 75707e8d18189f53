"""Devices a container runtime could give, where no driver's library tells of them: Container Device Interface files.

The layout is that of SPEC.md in cncf-tags/container-device-interface. `nvidia-ctk cdi generate` names a GPU by index,
by UUID or both ("0", "gpu0", "GPU-...", an instance "0:1", "mig0:1", "MIG-..."), `amd-ctk cdi generate` by index.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import Any

from generator.facts import CdiDevice, Gpu, Vendor

DIRECTORIES = (Path("/etc/cdi"), Path("/var/run/cdi"))
"""A device of the later one hides its namesake in the earlier one."""
KINDS: dict[str, Vendor] = {"nvidia.com/gpu": "nvidia", "amd.com/gpu": "amd"}
_INDEX = re.compile(r"(?:gpu|mig)?(\d+)(?::\d+)?")
_INSTANCE = re.compile(r"(?:mig)?\d+:\d+|MIG-.+")
_CARD = re.compile(r".*/nvidia(\d+)")

Offer = tuple[tuple[Gpu, ...], tuple[str, ...]]
"""GPUs, warnings."""


def read_devices(told: Collection[Vendor], directories: Sequence[Path] = DIRECTORIES) -> Offer:
    """The GPUs of vendors other than those whose driver has `told` of them, and what is wrong with which file."""
    found: dict[str, CdiDevice] = {}
    warnings: list[str] = []
    for file in (file for directory in directories for file in _files(directory)):
        try:
            found |= {device.names[0]: device for device in _devices(file, told)}
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            warnings.append(f"{file} is no CDI specification: {_reason(error)}")
    here, gone = _by_presence(found.values())
    warnings += [f"{file} is out of date: {', '.join(nodes)} not found" for file, nodes in gone.items()]
    return tuple(_gpus(_without_aliases(here))), tuple(warnings)


def _by_presence(devices: Collection[CdiDevice]) -> tuple[list[CdiDevice], dict[str, dict[str, None]]]:
    """Those that can be given, and for each file the nodes that are missing: a driver went, its file stayed."""
    here, gone = [], defaultdict[str, dict[str, None]](dict)
    for device in devices:
        missing = {node: None for node in device.nodes if not Path(node).exists()}
        if missing:
            gone[device.file] |= missing
        else:
            here.append(device)
    return here, gone


def _files(directory: Path) -> list[Path]:
    return sorted(each for each in directory.glob("*") if each.suffix in {".json", ".yaml"})


def _devices(file: Path, told: Collection[Vendor]) -> Iterator[CdiDevice]:
    text = file.read_text(encoding="utf-8")
    # NVIDIA's files have a thousand lines: those that are not needed aren't parsed.
    if any(kind in text for kind, vendor in KINDS.items() if vendor in told):
        return
    document = _parsed(file, text)
    kind, devices = document["kind"], document["devices"]
    for each in devices if kind in KINDS else ():
        nodes = (each.get("containerEdits") or {}).get("deviceNodes") or ()
        paths = tuple(str(node.get("hostPath") or node["path"]) for node in nodes)
        if each["name"] != "all":
            yield CdiDevice((f"{kind}={each['name']}",), paths, str(file))


def _parsed(file: Path, text: str) -> Any:
    if file.suffix == ".json":
        return json.loads(text)
    # Only a host without a driver pays for the import.
    from ruamel.yaml import YAML  # noqa: PLC0415
    from ruamel.yaml.error import YAMLError  # noqa: PLC0415

    try:
        return YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        raise ValueError(str(error)) from error


def _reason(error: Exception) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error)
    if isinstance(error, KeyError):
        return f"it has no {error}"
    if isinstance(error, TypeError | AttributeError):
        return "its layout is another"
    return str(error).strip().partition("\n")[0]


def _without_aliases(devices: Collection[CdiDevice]) -> Iterator[CdiDevice]:
    """Names that stand for the same nodes are one device."""
    alike: dict[Any, list[CdiDevice]] = defaultdict(list)
    for device in devices:
        kind = device.names[0].partition("=")[0]
        alike[kind, frozenset(device.nodes) or device.names].append(device)
    for same in alike.values():
        yield CdiDevice(tuple(each.names[0] for each in same), same[0].nodes, same[0].file)


def _gpus(devices: Iterator[CdiDevice]) -> Iterator[Gpu]:
    """As NVML has them: MIG instances in place of the GPU they are cut from."""
    gpus = [_gpu(place, device) for place, device in enumerate(devices)]
    cut = {gpu.parent for gpu in gpus if gpu.parent}
    return (gpu for gpu in gpus if gpu.parent or not (gpu.cdi and _card(gpu.cdi.nodes) in cut))


def _gpu(place: int, device: CdiDevice) -> Gpu:
    kind = device.names[0].partition("=")[0]
    names = [name.partition("=")[2] for name in device.names]
    card = _card(device.nodes)
    numbers = [match[1] for match in (*map(_INDEX.fullmatch, names), _CARD.fullmatch(card)) if match]
    index = int(numbers[0]) if numbers else place
    uuid = next((name for name in names if name.startswith(("GPU-", "MIG-"))), "")
    instance = any(map(_INSTANCE.fullmatch, names))
    return Gpu(
        index=index,
        uuid=uuid or (names[0].removeprefix("mig") if instance else str(index)),
        name=f"{KINDS[kind].upper()} GPU",
        memory_bytes=0,
        parent=(card or str(index)) if instance else "",
        vendor=KINDS[kind],
        cdi=device,
    )


def _card(nodes: Sequence[str]) -> str:
    """NVIDIA's node of the whole GPU, which its instances need too."""
    return next((node for node in nodes if _CARD.fullmatch(node)), "")
