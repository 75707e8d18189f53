"""Which runtime and which engine: what was asked, else what the host suggests, always with the reason."""

from __future__ import annotations

from generator.errors import HostError
from generator.facts import HostFacts
from generator.plan.model import EngineKind, RuntimeKind
from generator.planner.decisions import Decisions
from generator.spec.model import DeploymentSpec


def choose_stack(
    spec: DeploymentSpec, facts: HostFacts, decisions: Decisions
) -> tuple[RuntimeKind, EngineKind]:
    """Raises HostError where no guess would be right: a GPU without a Docker engine, a driver that is broken."""
    engine = spec.engine or _engine(facts, spec.runtime, decisions)
    if spec.runtime:
        _note_absent_engine(spec.runtime, facts, decisions)
        return spec.runtime, engine
    return _runtime(facts, engine, decisions), engine


def _engine(facts: HostFacts, runtime: RuntimeKind | None, decisions: Decisions) -> EngineKind:
    if any(gpu.vendor == "amd" for gpu in facts.gpus):
        raise HostError(
            f"this host has {_gpus(facts)}: the kit lays out replicas on NVIDIA's GPUs only",
            hint="`sglbox gpus` shows them; write `engine: simulator` or `engine: sglang-cpu` to do without",
        )
    if facts.gpus:
        decisions.choose("engine", "sglang", why=f"this host has {_gpus(facts)}")
        return "sglang"
    if facts.driver_problem:
        raise HostError(
            f"this host's GPUs can't be asked: {facts.driver_problem}",
            hint="mend the NVIDIA driver; or write `engine: simulator` to do without GPUs",
        )
    where = "this host has no GPU" if runtime else "this host has no GPU; a real engine must be asked for"
    decisions.choose("engine", "simulator", why=where)
    return "simulator"


def _runtime(facts: HostFacts, engine: EngineKind, decisions: Decisions) -> RuntimeKind:
    if facts.docker:
        version = ".".join(map(str, facts.docker.engine))
        decisions.choose("runtime", "compose", why=f"Docker engine {version} answers")
        return "compose"
    if engine == "sglang":
        raise HostError(
            f"engine sglang needs containers, and no Docker engine answers on this host ({_gpus(facts)})",
            hint="install Docker Engine and the NVIDIA Container Toolkit; or, inside a rented GPU container, "
            "write `runtime: host` and `engine_python:` of an environment that has sglang installed",
        )
    decisions.choose("runtime", "host", why="no Docker engine answers, so the services run as processes")
    return "host"


def _note_absent_engine(runtime: RuntimeKind, facts: HostFacts, decisions: Decisions) -> None:
    if runtime == "compose" and not facts.docker:
        decisions.choose(
            "runtime", "compose", why="asked for; no Docker engine answers here, so `up` can't work yet"
        )


def _gpus(facts: HostFacts) -> str:
    if not facts.gpus:
        return "no GPU"
    names = sorted({gpu.name for gpu in facts.gpus})
    return f"{len(facts.gpus)} x {', '.join(names)}"
