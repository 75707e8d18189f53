"""What replicas and edge hold in memory, looked at every few seconds: a soak asks whether it creeps.

SGLang 0.5.23 has no such metric (its /metrics has no process_resident_memory_bytes), so the operating system or
Docker is asked, where the replicas run on this machine. GPU memory is taken once at the start and cannot creep.
"""

from __future__ import annotations

import gevent  # a caller has patched the standard library before

# isort: split
import subprocess
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import psutil

from loadtest.run.target import Target

EVERY_SECONDS: Final = 5.0
_UNITS: Final = {"B": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}
_PATIENCE: Final = 30.0

Read = Callable[[], Mapping[str, float]]
"""Replica or edge -> bytes; {} where nothing is to be seen."""


@dataclass(frozen=True)
class Samples:
    """Replica -> (wall-clock seconds, bytes)."""

    values: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))

    def since(self, start: float) -> Mapping[str, Sequence[tuple[float, float]]]:
        """With the seconds of a run that began at `start`; the last look before it counts as its beginning."""
        return {replica: _since(start, samples) for replica, samples in self.values.items()}


@contextmanager
def sampled(read: Read, *, every: float = EVERY_SECONDS) -> Iterator[Samples]:
    """Look every `every` seconds inside the block; stops looking when there is nothing to be seen."""
    samples = Samples()

    def look() -> None:
        while found := read():
            now = time.time()
            for replica, held in found.items():
                samples.values[replica].append((now, held))
            gevent.sleep(every)

    looking = gevent.spawn(look)
    try:
        yield samples
    finally:
        looking.kill()


def reader(target: Target) -> Read:
    """How the memory of the target's replicas is seen from here."""
    if target.ports:
        return ProcessMemory(target.ports)
    if target.containers:
        return ContainerMemory(target.containers)
    return dict


@dataclass
class ProcessMemory:
    """Of replicas that listen on ports of this host: resident bytes of the process and of its descendants."""

    ports: Mapping[str, int]
    _roots: dict[str, psutil.Process] = field(default_factory=dict)

    def __call__(self) -> Mapping[str, float]:
        """As `Read`. Pages that processes share count for each of them."""
        if self._roots.keys() != self.ports.keys() or not all(map(_runs, self._roots.values())):
            self._roots = _listeners(self.ports)
        return {replica: _resident(process) for replica, process in self._roots.items()}


@dataclass(frozen=True)
class ContainerMemory:
    """Of services (service -> Compose project), by `docker stats`: as their control groups count."""

    projects: Mapping[str, str]

    def __call__(self) -> Mapping[str, float]:
        """As `Read`; {} without Docker."""
        form = '{{.ID}}\t{{.Label "com.docker.compose.service"}}'
        filters = [f"label=com.docker.compose.project={project}" for project in {*self.projects.values()}]
        found = _docker("ps", *(word for each in filters for word in ("--filter", each)), "--format", form)
        services = {each: service for each, service in found.items() if service in self.projects}
        if not services:
            return {}
        held = _docker("stats", "--no-stream", "--format", "{{.ID}}\t{{.MemUsage}}", *services)
        return {services[each]: size(usage) for each, usage in held.items() if each in services}


def size(usage: str) -> float:
    """`1.5GiB / 23GiB` -> bytes."""
    number = usage.partition("/")[0].strip()
    digits = number.rstrip("BKMGTi")
    return float(digits) * _UNITS[number.removeprefix(digits)]


def _since(start: float, samples: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    times = [at for at, _ in samples]
    first = max(0, bisect_right(times, start) - 1)
    return [(round(max(0.0, at - start), 1), held) for at, held in samples[first:]]


def _docker(*argv: str) -> dict[str, str]:
    try:
        done = subprocess.run(
            ["docker", *argv], capture_output=True, text=True, check=False, timeout=_PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}
    return dict(line.split("\t", 1) for line in done.stdout.splitlines() if "\t" in line)


def _listeners(ports: Mapping[str, int]) -> dict[str, psutil.Process]:
    try:
        owners = {
            each.laddr.port: each.pid for each in psutil.net_connections("tcp") if each.pid and _listens(each)
        }
        return {
            replica: _eldest(psutil.Process(owners[port]), port=port)
            for replica, port in ports.items()
            if port in owners
        }
    except psutil.Error:
        return {}


def _eldest(process: psutil.Process, *, port: int) -> psutil.Process:
    """Of processes that share a listening socket (NGINX and its workers): the one that began the others.

    psutil names one owner of a socket, whichever comes last.
    """
    parent = process.parent()
    while parent and any(each.laddr.port == port for each in parent.net_connections("tcp") if _listens(each)):
        process, parent = parent, parent.parent()
    return process


def _listens(socket: Any) -> bool:
    return bool(socket.status == psutil.CONN_LISTEN)


def _runs(process: psutil.Process) -> bool:
    return bool(process.is_running())


def _resident(process: psutil.Process) -> float:
    total = 0.0
    try:
        for each in (process, *process.children(recursive=True)):
            total += each.memory_info().rss
    except psutil.NoSuchProcess:
        return total
    return total
