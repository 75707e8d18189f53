"""`gpus`: what GPUs this host has, how they are connected, and who uses them now."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from generator.cli.console import console_on
from generator.cli.deployment import Request, loaded_spec
from generator.errors import SpecError
from generator.facts import Gpu, GpuLink, gpu_count
from generator.host.collect import gpus_with_owners
from generator.host.gpu import GpuFacts

_GIB = 1 << 30


def show_gpus(request: Request, *, as_json: bool, out: TextIO | None = None) -> int:
    """The tables, or all of it as JSON."""
    out = out or sys.stdout
    found = _found(request)
    if as_json:
        out.write(json.dumps(_as_json(found), indent=2) + "\n")
        return 0
    console = console_on(out)
    console.print(_headline(found))
    if found.gpus:
        _print_gpus(found.gpus, console)
    if found.links:
        console.print()
        _print_links(found.gpus, found.links, console)
    for gpu in found.gpus:
        if gpu.cdi:
            names, nodes = ", ".join(gpu.cdi.names), ", ".join(gpu.cdi.nodes)
            console.print(f"gpu {gpu.index} is known from CDI: {names} ({nodes}) in {gpu.cdi.file}")
    for warning in found.warnings:
        console.print(f"WARNING: {warning}")
    return 0


def _as_json(found: GpuFacts) -> dict[str, Any]:
    """All of it; null for memory that nobody tells, so that it is not taken for none."""
    written = asdict(found)
    for gpu in written["gpus"]:
        gpu |= {key: gpu[key] or None for key in ("memory_bytes", "free_bytes")}
    return written


def _found(request: Request) -> GpuFacts:
    if request.facts:
        from generator.host.record import read_facts  # noqa: PLC0415 - its parser costs 80 ms to build

        host = read_facts(request.facts)
        return GpuFacts(host.gpus, host.gpu_links, host.driver, host.cuda, host.driver_problem)
    try:
        project = loaded_spec(request).name
    except SpecError:
        project = ""  # a spec that can't be read owns no process; the GPUs can be shown all the same
    return gpus_with_owners(project)


def _headline(found: GpuFacts) -> str:
    if found.problem:
        return f"the GPUs can't be asked: {found.problem}"
    if not found.gpus:
        return "no GPU"
    offered = sum(gpu.cdi is not None for gpu in found.gpus)
    if offered == len(found.gpus):
        return f"{gpu_count(offered)} that a container runtime could give, by CDI; no driver's library tells of them"
    cuda = f", CUDA up to {'.'.join(map(str, found.cuda))}" if found.cuda else ""
    cdi = f", {offered} of them known from CDI alone" if offered else ""
    return f"{len(found.gpus)} GPUs, driver {found.driver}{cuda}{cdi}"


def _print_gpus(gpus: Sequence[Gpu], console: Console) -> None:
    table = Table(
        "gpu", "name", "memory", "free", "compute", "numa", "uuid", "used by", box=None, pad_edge=False
    )
    for gpu in gpus:
        cells = (
            str(gpu.index),
            gpu.name,
            _gib(gpu.memory_bytes) or "unknown",
            _gib(gpu.free_bytes) or "unknown",
            ".".join(map(str, gpu.compute)),
            str(gpu.numa) if gpu.numa >= 0 else "",
            gpu.uuid,
            _users(gpu),
        )
        table.add_row(*map(Text, cells))
    console.print(table)


def _users(gpu: Gpu) -> str:
    """This deployment's own processes count as one word."""
    others = [each for each in gpu.processes if not each.own]
    own = ["this deployment"] if len(others) < len(gpu.processes) else []
    return ", ".join(
        [
            *own,
            *(f"{each.name or 'process'} ({each.pid}) {_gib(each.memory_bytes)}".rstrip() for each in others),
        ]
    )


def _print_links(gpus: Sequence[Gpu], links: Sequence[GpuLink], console: Console) -> None:
    """As `nvidia-smi topo -m` prints them: a row and a column a GPU."""
    whole = {gpu.parent or gpu.uuid: gpu.index for gpu in gpus}
    names = {uuid: str(index) for uuid, index in whole.items()}
    paths = {frozenset((link.first, link.second)): f"{link.path}{link.lanes or ''}" for link in links}
    table = Table("link", *names.values(), box=None, pad_edge=False)
    for row, name in names.items():
        cells = ("X" if row == column else paths.get(frozenset((row, column)), "") for column in names)
        table.add_row(name, *cells)
    console.print(table)


def _gib(count: int) -> str:
    return f"{count / _GIB:.1f} GiB" if count else ""
