"""AMD's GPUs through `amd-smi ... --json` (ROCm 6.1 and later; the layout is that of its changelog).

Fields differ between releases - a list or {"gpu_data": [...]}, a number or {"value": ..., "unit": ...} - so
whatever is not there is left out rather than a fault.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from generator.facts import Gpu, GpuLink, GpuProcess, LinkPath
from generator.host.ask import ask, find_program

TIMEOUT = 15.0
_UNITS = {"B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}

Found = tuple[tuple[Gpu, ...], tuple[GpuLink, ...], str]
"""GPUs, links, version of the driver."""


def ask_tool(program: str = "") -> Found:
    """What the tool says; nothing where it is not installed."""
    tool = program or find_program("amd-smi")
    if not tool:
        return (), (), ""
    answers = {verb: _answer(tool, verb) for verb in ("list", "static", "metric", "process", "topology")}
    return parse(answers)


def _answer(tool: str, verb: str) -> Any:
    answer = ask((tool, verb, "--json"), timeout=TIMEOUT)
    try:
        return json.loads(answer.stdout)
    except ValueError:
        return []


def parse(answers: Mapping[str, Any]) -> Found:
    """The answers to each verb, by verb, as one set of facts."""
    by_gpu = {verb: _by_index(answer) for verb, answer in answers.items()}
    gpus = tuple(_gpu(index, by_gpu) for index in sorted(by_gpu["static"]))
    uuids = {gpu.index: gpu.uuid for gpu in gpus}
    driver = next((str(_at(each, "driver", "version") or "") for each in by_gpu["static"].values()), "")
    return gpus, tuple(_links(by_gpu["topology"], uuids)), driver


def _by_index(answer: Any) -> dict[int, dict[str, Any]]:
    found = answer.get("gpu_data", []) if isinstance(answer, dict) else answer
    return {
        each["gpu"]: each for each in found if isinstance(each, dict) and isinstance(each.get("gpu"), int)
    }


def _gpu(index: int, by_gpu: Mapping[str, Mapping[int, Any]]) -> Gpu:
    static, metric = by_gpu["static"][index], by_gpu["metric"].get(index, {})
    identity = by_gpu["list"].get(index, {})
    pci = str(_at(static, "bus", "bdf") or identity.get("bdf") or "").lower()
    node = _at(static, "numa", "node")
    return Gpu(
        index=index,
        uuid=str(identity.get("uuid") or pci or index),
        name=str(_at(static, "asic", "market_name") or "AMD GPU"),
        memory_bytes=_bytes(_at(static, "vram", "size")),
        free_bytes=_bytes(_at(metric, "mem_usage", "free_vram")),
        vendor="amd",
        pci=pci,
        numa=node if isinstance(node, int) else -1,
        processes=tuple(_processes(by_gpu["process"].get(index, {}))),
    )


def _processes(entry: Mapping[str, Any]) -> Iterator[GpuProcess]:
    listed = entry.get("process_list")
    for each in listed if isinstance(listed, list) else ():
        info = each.get("process_info") if isinstance(each, dict) else None
        # "No running processes detected" stands in the place of a process.
        if isinstance(info, dict) and isinstance(info.get("pid"), int):
            memory = _bytes(_at(info, "memory_usage", "vram_mem") or info.get("mem_usage"))
            yield GpuProcess(info["pid"], str(info.get("name") or ""), memory)


def _links(topology: Mapping[int, Any], uuids: Mapping[int, str]) -> Iterator[GpuLink]:
    for index, entry in sorted(topology.items()):
        for link in entry.get("links") or ():
            other = link.get("gpu")
            if isinstance(other, int) and index < other and {index, other} <= uuids.keys():
                yield GpuLink(uuids[index], uuids[other], _path(link))


def _path(link: Mapping[str, Any]) -> LinkPath:
    """Two hops over PCIe are one host bridge; more leave the NUMA node."""
    if link.get("link_type") == "XGMI":
        return "XGMI"
    return "PHB" if int(link.get("num_hops") or 2) <= 2 else "SYS"


def _at(value: Any, *keys: str) -> Any:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _bytes(size: Any) -> int:
    """{"value": 196592, "unit": "MB"}, whose MB are of 1024 x 1024 bytes; a bare number is in MB too."""
    value, unit = (size.get("value"), size.get("unit")) if isinstance(size, dict) else (size, "MB")
    return int(value) * _UNITS.get(str(unit), 1 << 20) if isinstance(value, int | float) else 0
