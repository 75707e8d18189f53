"""What a service is at: (state, health, log tail) -> phase. Pure.

The patterns are log lines of SGLang 0.5.23 (`model_executor/model_runner.py`, `cuda_graph_setup.py`,
`model_loader/weight_utils.py`, `layers/deep_gemm_wrapper/compile_utils.py`, `entrypoints/http_server.py`),
which the simulator prints too. The last line that matches tells the phase.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from generator.runtime.observed import ServiceState

PhaseName = Literal[
    "waiting", "building", "pulling", "downloading", "starting", "loading weights", "allocating memory",
    "compiling kernels", "capturing graphs", "warming up", "ready", "done", "restarting", "unhealthy", "paused", "parked", "stopping", "stopped", "failed",
]  # fmt: skip

SETTLED: tuple[PhaseName, ...] = ("ready", "done", "parked")


@dataclass(frozen=True)
class Phase:
    """`detail` is the progress within the phase (`2 of 4 shards`) or the reason of a failure."""

    name: PhaseName
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.name} ({self.detail})" if self.detail else self.name


MARKS: tuple[tuple[re.Pattern[str], PhaseName], ...] = (
    (re.compile(r"server_args=|Init torch distributed begin"), "starting"),
    (re.compile(r"Load weight begin|Loading \S+ checkpoint shards|Loading safetensors"), "loading weights"),
    (re.compile(r"Load weight end|Cache is allocated|Memory pool end"), "allocating memory"),
    (re.compile(r"Entering DeepGEMM JIT Pre-Compile|DeepGEMM JIT Compiling|Running FlashInfer autotune"),
     "compiling kernels"),
    (re.compile(r"Capture .*graph.* begin|Capturing batches|Capture cpu graph"), "capturing graphs"),
    (re.compile(r"Uvicorn running on|Application startup complete|Capture .*graph.* end"), "warming up"),
    (re.compile(r"The server is fired up and ready to roll"), "warming up"),
)  # fmt: skip

SHARDS = re.compile(r"checkpoint shards:.*?\|\s*(\d+)/(\d+)")
GRAPHS = re.compile(r"Capturing batches.*?(\d+)/(\d+)")
DOWNLOAD = re.compile(r"Fetching (\d+) files:\s+(\d+)%|(\d+)%\|[^|]*\|\s*\d+/(\d+)")


def replica_phase(service: ServiceState | None, *, tail: str) -> Phase:
    """What a replica is at. `tail` is the end of its log since its present start."""
    if service is None:
        return Phase("waiting")
    if service.state == "running" and service.health not in ("healthy", "none"):
        return _unhealthy_or(service, _from_log(tail))
    return service_phase(service)


def service_phase(service: ServiceState | None) -> Phase:
    """What any other service is at; it is ready as soon as it runs and its check, if any, passes."""
    if service is None:
        return Phase("waiting")
    if service.state == "running":
        named: dict[str, PhaseName] = {"starting": "starting", "unhealthy": "unhealthy"}
        return Phase(named.get(service.health, "ready"))
    if service.state == "restarting":
        return Phase("restarting", _ended(service))
    if service.state == "paused":
        return Phase("paused")
    if service.state == "created":
        return Phase("failed", service.reason) if service.reason else Phase("waiting")
    return Phase("failed", _ended(service))


def parked_phase(service: ServiceState | None) -> Phase:
    """What a parked replica is at; one that an interrupted `park` let go of at the edge, but did not end, still has its GPU."""
    runs = service is not None and service.state == "running"
    return Phase("parked", "still runs; `make park` ends it" if runs else "")


def task_phase(service: ServiceState | None, *, tail: str) -> Phase:
    """What a service that runs once is at: ended with 0 means done."""
    if service is not None and service.state == "exited" and service.exit_code == 0:
        return Phase("done")
    if service is not None and service.state == "running":
        return Phase("downloading", _download(tail))
    return service_phase(service)


def _unhealthy_or(service: ServiceState, by_log: Phase) -> Phase:
    fired_up = by_log.name == "warming up" and service.health == "unhealthy"
    return Phase("unhealthy") if fired_up else by_log


def _from_log(tail: str) -> Phase:
    for line in reversed(tail.splitlines()):
        for pattern, name in MARKS:
            if pattern.search(line):
                return Phase(name, _progress(line, name=name))
    return Phase("starting")


def _progress(line: str, *, name: PhaseName) -> str:
    found = {"loading weights": SHARDS, "capturing graphs": GRAPHS}.get(name, SHARDS).search(line)
    unit = "shards" if name == "loading weights" else "graphs"
    return f"{found.group(1)} of {found.group(2)} {unit}" if found else ""


def _download(tail: str) -> str:
    shown = list(DOWNLOAD.finditer(tail))
    percent = (shown[-1].group(2) or shown[-1].group(3)) if shown else ""
    return f"{percent} %" if percent else ""


def _ended(service: ServiceState) -> str:
    """`exit 1, 3 restarts`, with the runtime's own words where it has any."""
    code = "ended by a signal" if service.exit_code is None else f"exit {service.exit_code}"
    restarts = f"{service.restarts} restart{'' if service.restarts == 1 else 's'}" if service.restarts else ""
    return ", ".join(part for part in (service.reason or code, restarts) if part)
