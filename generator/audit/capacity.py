"""How many replicas, what of the GPUs' memory they take, and whether they were tried under load."""

from __future__ import annotations

from collections import Counter

from generator.audit.finding import Finding, Subject
from generator.plan.argv import value_of
from generator.plan.model import DeploymentPlan, Role
from generator.sizing.occupancy import is_busy

FRACTION = "--mem-fraction-static"
MOST = 0.9
"""What the guides set. It counts only where the model's shape is not known, else what the sizing says does."""


def load_balancing(subject: Subject) -> Finding:
    """More than one replica behind the edge, or a reason why one is right."""
    practice, plan = "load balancing", subject.plan
    roles = Counter(replica.role for replica in plan.replicas)
    if min(roles.values()) > 1:
        seen = f"{len(plan.replicas)} replicas behind {plan.edge.name}, {_by(plan)}"
        return Finding(practice, "pass", seen, "plan")
    if plan.node:
        return Finding(practice, "pass", "one replica: the model takes several hosts", "plan")
    alone = " and ".join(_one(role) for role, count in roles.items() if count == 1)
    largest = max(len(replica.gpus) for replica in plan.replicas)
    if not largest:
        seen = f"{alone}: while it restarts nobody answers"
        return Finding(practice, "fail", seen, "plan", "`replicas: 2`, where CPUs and memory are enough")
    free = idle_gpus(subject)
    if free >= largest:
        seen = f"{alone}, and {free} idle GPU(s) that could hold another"
        remedy = "`replicas: fit`" if set(roles) == {"unified"} else "more replicas in `prefill` and `decode`"
        return Finding(practice, "fail", seen, "plan and GPUs", remedy)
    return Finding(practice, "pass", f"{alone}: no other set of {largest} GPU(s) is free", "plan and GPUs")


def autoscaling(subject: Subject) -> Finding:
    """One box has no more to scale to; what it can do is to let replicas sleep."""
    plan, idle = subject.plan, idle_gpus(subject)
    kept = f"; {idle} GPU(s) are idle" if idle else ""
    seen = f"one box has nothing to scale out to, it has the plan's {len(plan.replicas)} replica(s)"
    sleep = "; `sglbox autopark` parks and wakes them by load" if plan.parking else ""
    remedy = "`replicas` says how many" if idle else ""
    return Finding("autoscaling", "pass", f"{seen}{sleep}{kept}", "plan", remedy)


def idle_gpus(subject: Subject) -> int:
    """GPUs that no replica has, and nobody else uses."""
    taken = {gpu for replica in subject.plan.replicas for gpu in replica.gpus}
    return sum(
        gpu.vendor == "nvidia" and not is_busy(gpu) and not {gpu.uuid, str(gpu.index)} & taken
        for gpu in subject.facts.gpus
    )


def static_memory(subject: Subject) -> Finding:
    """SGLang's own choice follows from the model and the GPU; a larger share is the usual cause of memory errors."""
    practice, looked_at = "static memory", "arguments of the engines"
    given = sorted(
        {value for each in subject.plan.replicas if (value := value_of(each.argv, FRACTION))}, key=float
    )
    if not given:
        return Finding(practice, "pass", "left to the engine, which goes by model and GPU", looked_at)
    remedy = f"take `{FRACTION}` out of `extra_args`"
    seen = f"{FRACTION} {', '.join(given)}"
    if warning := next((text for text in subject.plan.warnings if text.startswith(FRACTION)), ""):
        return Finding(practice, "fail", warning, f"{looked_at} and sizing", remedy)
    if subject.plan.layouts:
        return Finding(practice, "pass", f"{seen}, which leaves enough free", f"{looked_at} and sizing")
    if float(given[-1]) > MOST:
        return Finding(practice, "fail", f"{seen}, more than the guides' {MOST:g}", looked_at, remedy)
    return Finding(practice, "pass", f"{seen}, at most the guides' {MOST:g}", looked_at)


def load_test(subject: Subject) -> Finding:
    """One that ran to its end, on exactly this plan: after an edit the figures are those of something else."""
    practice, looked_at = "load test", "reports with the digest of this plan"
    whole = [report for report in subject.reports if not report.doubt]
    if whole:
        last = max(whole, key=lambda report: report.started)
        seen = f"{len(whole)} of this plan, the last one {last.scenario} in {last.folder}"
        return Finding(practice, "pass", seen, looked_at)
    doubts = sorted({report.doubt for report in subject.reports})
    seen = f"none that counts: {'; '.join(doubts)}" if doubts else "none of this plan"
    return Finding(practice, "fail", seen, looked_at, "`make loadtest`, before users do it")


def _one(role: Role) -> str:
    return "one replica" if role == "unified" else f"one {role} replica"


def _by(plan: DeploymentPlan) -> str:
    routing = next((choice for choice in plan.choices if choice.what == "routing"), None)
    return f"{routing.value}: {routing.why}" if routing else f"by {plan.edge.upstream.placing}"
