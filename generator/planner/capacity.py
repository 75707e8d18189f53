"""What a replica may use of the host's CPUs and memory: nothing is bounded unless the spec says so."""

from __future__ import annotations

from generator.facts import HostFacts
from generator.plan.model import EngineKind, RuntimeKind
from generator.planner.decisions import Decisions
from generator.planner.outline import Outline
from generator.spec.model import DeploymentSpec


def check_capacity(
    spec: DeploymentSpec, facts: HostFacts, runtime: RuntimeKind, engine: EngineKind, decisions: Decisions
) -> None:
    """Docker refuses to start what may use more CPUs than there are."""
    if not (spec.cpus or spec.memory):
        return
    if not _holds(runtime, engine):
        why = (
            "a simulated engine needs neither" if engine == "simulator" else "processes are not held to them"
        )
        decisions.choose("cpus and memory", "not bounded", why=why)
        return
    there = (facts.docker.cpus if facts.docker else 0) or facts.cpus
    if spec.cpus and spec.cpus > there:
        decisions.refuse(
            "cpus",
            f"{spec.cpus:g} CPUs a replica, and this host has {there}",
            "ask for fewer, or leave it out",
        )


def cpus(outline: Outline) -> float:
    """Of each replica; 0 is no bound."""
    return (outline.spec.cpus or 0.0) if _holds(outline.runtime, outline.engine) else 0.0


def memory(outline: Outline) -> str:
    """Of each replica, in Docker's form; "" is no bound."""
    return (outline.spec.memory or "") if _holds(outline.runtime, outline.engine) else ""


def _holds(runtime: RuntimeKind, engine: EngineKind) -> bool:
    return runtime == "compose" and engine != "simulator"
