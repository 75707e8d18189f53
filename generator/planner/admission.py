"""How much the edge admits. Open-source NGINX has no queue: what no replica may take is refused before it gets there."""

from __future__ import annotations

from collections.abc import Sequence

from generator.plan.argv import value_of
from generator.plan.edge import Limits, TenantLimit
from generator.plan.model import EngineKind, Replica
from generator.planner.copies import copies
from generator.planner.decisions import Decisions
from generator.sizing.pace import MOST_AT_ONCE
from generator.spec.edge import LimitsSpec, TenantLimitsSpec
from generator.spec.model import DeploymentSpec, ReplicaSpec

RUNNING = "--max-running-requests"
QUEUED = "--max-queued-requests"

# Where the engine sizes its batch from free memory the kit can't know it. SGLang on an 80 GB GPU with an 8B model
# is saturated well below 256; a CPU is by a few dozen.
_UNSIZED: dict[EngineKind, int] = {"sglang": MOST_AT_ONCE, "simulator": MOST_AT_ONCE, "sglang-cpu": 32}

BODY_MIB = 64
"""Of a request, at most: for the edge, and for a router behind it."""

_SECONDS_A_MINUTE = 60
# A tenant may spend ten seconds' worth of its rate at once.
_BURST_SHARE = 6


def replica_capacity(spec: DeploymentSpec, engine: EngineKind, override: ReplicaSpec) -> int:
    """Most requests the edge has open on one replica: those that run, and enough waiting that the batch stays full."""
    if spec.limits.requests_per_replica:
        return spec.limits.requests_per_replica
    arguments = (*spec.extra_args, *override.extra_args)
    running = _number(arguments, RUNNING)
    if not running:
        return _UNSIZED[engine] * copies(spec)
    return running + (_number(arguments, QUEUED) or max(1, running // 4))


def _number(arguments: Sequence[str], flag: str) -> int:
    """0 when it is not given as a plain number."""
    text = value_of(arguments, flag)
    return int(text) if text.isdecimal() else 0


def plan_limits(spec: DeploymentSpec, replicas: Sequence[Replica]) -> Limits:
    """The total is the replicas' sum unless the spec wants less."""
    limits = spec.limits
    capacity = sum(replica.max_connections for replica in replicas)
    return Limits(limits.requests or capacity, tuple(_tenant_limits(limits)))


def _tenant_limits(limits: LimitsSpec) -> list[TenantLimit]:
    everyone = limits.per_tenant
    own = [
        _tenant_limit(f"tenant_{number}", name, given, everyone)
        for number, (name, given) in enumerate(sorted(limits.tenants.items()))
    ]
    return (
        [_tenant_limit("tenants", "", everyone, everyone), *own] if own or everyone.model_fields_set else []
    )


def _tenant_limit(zone: str, tenant: str, given: TenantLimitsSpec, everyone: TenantLimitsSpec) -> TenantLimit:
    """What a tenant's own limits don't say is as for everyone."""
    per_minute = given.requests_per_minute or everyone.requests_per_minute or 0
    return TenantLimit(
        zone=zone,
        tenant=tenant,
        requests=given.requests or everyone.requests or 0,
        per_minute=per_minute,
        burst=max(1, per_minute // _BURST_SHARE),
        period=-(-_SECONDS_A_MINUTE // per_minute) if per_minute else 1,
    )


def check_limits(
    spec: DeploymentSpec, engine: EngineKind, overrides: Sequence[ReplicaSpec], decisions: Decisions
) -> None:
    """Refuses a total that the replicas can't take, and says where the capacity comes from."""
    each = [replica_capacity(spec, engine, override) for override in overrides]
    if spec.limits.requests and spec.limits.requests > sum(each):
        decisions.refuse(
            "limits.requests",
            f"{spec.limits.requests} requests at once, but {len(each)} replicas take {sum(each)}",
            "the edge has no queue for the rest: lower it, leave it out, or raise `limits.requests_per_replica`",
        )
    if spec.limits.requests_per_replica is None:
        arguments = [*spec.extra_args, *(flag for override in overrides for flag in override.extra_args)]
        sized = any(argument.partition("=")[0] == RUNNING for argument in arguments)
        why = f"from {RUNNING}, with room for a queue" if sized else f"{RUNNING} is not given"
        values = ", ".join(map(str, dict.fromkeys(each)))
        decisions.choose("limits.requests_per_replica", values, why=why)
