"""Every duration of the plan, derived so that each rung of the ladder stands above the one before."""

from __future__ import annotations

from dataclasses import dataclass

from generator.plan.model import EngineKind, Timeouts
from generator.spec.model import DeploymentSpec

# SGLang polls every 5 s while it drains and needs up to 15 s to end its schedulers.
_DRAIN = 30
_MARGIN = 15

_DISK_BYTES_PER_SECOND = 200e6
_NETWORK_BYTES_PER_SECOND = 20e6
_COMPILE_SECONDS = 300
_UNKNOWN_SIZE = 1800


@dataclass(frozen=True)
class StartBudget:
    """`load`: process start until it serves. `deadline`: with the download before it."""

    load: int
    deadline: int


def timeout_ladder(spec: DeploymentSpec) -> Timeouts:
    """engine < edge < client, and a stop waits for the longest generation.

    A request may wait in the engine's queue before it runs, and a non-streamed answer is one long gap between
    two reads, so the edge's read timeout holds both. The edge closes idle connections before the engine's
    uvicorn does (5 s), or a request could meet a connection that is just being closed.
    """
    request = spec.request_timeout
    edge_read = request + queue_wait(spec) + _MARGIN
    return Timeouts(
        request=request,
        queue=queue_wait(spec),
        edge_read=edge_read,
        client=edge_read + _MARGIN,
        stop_grace=request + _DRAIN,
        edge_connect=1,
        engine_keepalive=5,
        edge_keepalive=4,
    )


def queue_wait(spec: DeploymentSpec) -> int:
    """Longest a request may wait in the engine's queue: a tenth of the request timeout, at least 30 s."""
    return max(30, spec.request_timeout // 10)


def start_budget(
    spec: DeploymentSpec, engine: EngineKind, model_bytes: int, *, downloads: bool
) -> StartBudget:
    """Weights are read at 200 MB/s, twice for safety, then compiled; downloads come at 20 MB/s."""
    if engine == "simulator":
        load = 60 + int(spec.simulator.startup_seconds)
    elif not model_bytes:
        load = _UNKNOWN_SIZE
    else:
        load = max(600, int(2 * model_bytes / _DISK_BYTES_PER_SECOND) + _COMPILE_SECONDS)
    if spec.startup_timeout:
        return StartBudget(spec.startup_timeout, spec.startup_timeout)
    return StartBudget(load, load + int(model_bytes / _NETWORK_BYTES_PER_SECOND) * downloads)
