"""CPUs and memory of the machine that runs the replicas.

The amounts are rules of thumb, not measurements of your model: SGLang on a GPU runs a tokenizer, a scheduler and
a detokenizer process a replica and reads the weights through the page cache; SGLang's CPU server was measured at
1.4 GiB beside its weights (0.5.23, tiny model), and holds weights and KV pool in memory; a simulator needs 0.1 GiB.
"""

from __future__ import annotations

from collections.abc import Iterator

from generator.doctor.finding import Finding, Status, Subject
from generator.doctor.size import GIB, show_size
from generator.plan.model import DeploymentPlan, EngineKind

CPUS_PER_REPLICA: dict[EngineKind, float] = {"sglang": 2, "sglang-cpu": 1, "simulator": 0.25}
MEMORY_PER_REPLICA: dict[EngineKind, float] = {
    "sglang": 4 * GIB,
    "sglang-cpu": 2 * GIB,
    "simulator": 0.1 * GIB,
}
MEMORY_OF_THE_REST = GIB // 2
"""Edge, Prometheus and Grafana."""


def check_capacity(subject: Subject) -> Iterator[Finding]:
    """The Docker engine's machine under Compose, this one else."""
    facts, docker = subject.facts, subject.facts.docker
    there = docker if subject.plan.runtime == "compose" and docker and docker.cpus else facts
    yield judge_cpus(there.cpus, plan=subject.plan)
    if there.memory_bytes:
        yield judge_memory(there.memory_bytes, plan=subject.plan)


def judge_cpus(cpus: int, *, plan: DeploymentPlan) -> Finding:
    """Too few make it slow, not wrong."""
    wanted = max(1, round(CPUS_PER_REPLICA[plan.engine] * len(plan.replicas)))
    status: Status = "ok" if cpus >= wanted else "warn"
    remedy = "" if status == "ok" else "expect slow tokens: run fewer replicas"
    return Finding("CPUs", status, str(cpus), f"{wanted} for {len(plan.replicas)} replica(s)", remedy)


def judge_memory(memory: int, *, plan: DeploymentPlan) -> Finding:
    """Too little ends an engine that computes in it; one on a GPU it only slows down."""
    wanted = int(MEMORY_PER_REPLICA[plan.engine] * len(plan.replicas)) + MEMORY_OF_THE_REST
    if plan.engine == "sglang-cpu":
        wanted += plan.model.bytes * len(plan.replicas)
    if memory >= wanted:
        return Finding("memory", "ok", show_size(memory), show_size(wanted))
    status: Status = "warn" if plan.engine == "sglang" else "fail"
    return Finding(
        "memory", status, show_size(memory), show_size(wanted), "run fewer replicas, or a smaller model"
    )
