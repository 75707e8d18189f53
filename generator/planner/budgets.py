"""Every duration of the plan, derived so that each rung of the ladder stands above the one before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from generator.plan.model import EngineKind, Timeouts
from generator.planner.decisions import Decisions
from generator.spec.model import DeploymentSpec, ReplicaSpec

# SGLang polls every 5 s while it drains and needs up to 15 s to end its schedulers.
_DRAIN = 30
_MARGIN = 15
# Replicas are on this host: a connection takes well below a millisecond, or is never made.
_CONNECT_MS = 300

# The container's health check gives an engine this long; SGLang itself gives up after 20 s.
HEALTH_SECONDS = 25

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
    """engine < edge < client, and a stop waits for the longest that the edge does.

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
        stop_grace=edge_read + _DRAIN,
        edge_connect_ms=_CONNECT_MS,
        engine_keepalive=5,
        edge_keepalive=4,
    )


@dataclass(frozen=True)
class Rung:
    """Seconds that a variable of the engine may have without turning the ladder upside down; both ends included."""

    variable: str
    least: int
    most: int
    why: str


def rungs(timeouts: Timeouts) -> tuple[Rung, ...]:
    """The engine's own timeouts, which an operator may set in `env_vars`. 0 turns each of them off."""
    return (
        Rung(
            "SGLANG_REQ_RUNNING_TIMEOUT",
            1,
            timeouts.request,
            "the edge would give up on a generation that still runs: raise `request_timeout` instead",
        ),
        Rung(
            "SGLANG_REQ_WAITING_TIMEOUT",
            1,
            timeouts.queue,
            "the edge would give up on a request that still waits: raise `request_timeout`, a tenth of it is for waiting",
        ),
        Rung(
            "SGLANG_TIMEOUT_KEEP_ALIVE",
            timeouts.edge_keepalive + 1,
            86400,
            f"the edge keeps idle connections for {timeouts.edge_keepalive} s and would use one that is just closed",
        ),
        Rung(
            "SGLANG_HEALTH_CHECK_TIMEOUT",
            1,
            HEALTH_SECONDS - 1,
            f"the health check waits {HEALTH_SECONDS} s and would call a slow engine dead before the engine says so",
        ),
    )


def check_ladder(spec: DeploymentSpec, overrides: Mapping[str, ReplicaSpec], decisions: Decisions) -> None:
    """Refuses engine timeouts that invert the ladder. All other rungs follow from `request_timeout`."""
    given = [("env_vars", spec.env_vars)]
    given += [(f"{key}.env_vars", each.env_vars) for key, each in overrides.items()]
    for rung in rungs(timeout_ladder(spec)):
        for path, variables in given:
            value = variables.get(rung.variable)
            if value is not None and not _fits(rung, value):
                between = f"expected {rung.least} to {rung.most} s, got {value!r}"
                decisions.refuse(f"{path}.{rung.variable}", between, rung.why)


def _fits(rung: Rung, value: str) -> bool:
    try:
        return rung.least <= float(value) <= rung.most
    except ValueError:
        return False


def queue_wait(spec: DeploymentSpec) -> int:
    """Longest a request may wait in the engine's queue: a tenth of the request timeout, at least 30 s."""
    return max(30, spec.request_timeout // 10)


def start_budget(
    spec: DeploymentSpec, engine: EngineKind, model_bytes: int, *, downloads: bool
) -> StartBudget:
    """Weights are read at 200 MB/s, twice for safety, then compiled; downloads come at 20 MB/s."""
    load = 60 + int(spec.simulator.startup_seconds) if engine == "simulator" else load_seconds(model_bytes)
    if spec.startup_timeout:
        return StartBudget(spec.startup_timeout, spec.startup_timeout)
    return StartBudget(load, load + int(model_bytes / _NETWORK_BYTES_PER_SECOND) * downloads)


def load_seconds(model_bytes: int) -> int:
    """Longest from the start of the engine's process until it serves; 0 bytes is an unknown size."""
    if not model_bytes:
        return _UNKNOWN_SIZE
    return max(600, int(2 * model_bytes / _DISK_BYTES_PER_SECOND) + _COMPILE_SECONDS)
