"""Around the engines: health checks, metrics, logs."""

from __future__ import annotations

from generator.audit.finding import Finding, Subject
from generator.plan.model import DeploymentPlan
from generator.planner.routing import CHOOSES_SINCE

_JOB = "sglang"
_MOCKER = "dynamo.mocker"
"""Dynamo's simulated worker: it always has metrics, and no flag for them."""


def health_checks(subject: Subject) -> Finding:
    """Each replica has one, the edge asks too where it has a choice, and all pass now."""
    practice, plan, running = "health checks", subject.plan, subject.running
    bare = [replica.name for replica in plan.replicas if not replica.health.test]
    if bare:
        return Finding(
            practice, "fail", f"none for {', '.join(bare)}", "plan", "`make up` renders them again"
        )
    if len(plan.edge.upstream.servers) > 1 and not plan.edge.upstream.checked:
        seen = f"NGINX {'.'.join(map(str, plan.edge.nginx_version))} asks no replica: one that hangs stays in"
        remedy = f"{CHOOSES_SINCE}; `runtime: compose` brings both"
        return Finding(practice, "fail", seen, "plan", remedy)
    checked = "every replica has one" + (", and the edge asks too" if plan.edge.upstream.checked else "")
    if running is None:
        return Finding(practice, "pass", f"{checked}; {subject.unseen}", "plan")
    ill = [f"{name} is {phase}" for name, phase in running.phases.items() if phase != "ready"]
    looked_at = "plan and what runs"
    if ill:
        return Finding(practice, "fail", ", ".join(ill), looked_at, "`make status`, `make logs`")
    return Finding(practice, "pass", f"{checked}; all {len(running.phases)} are ready", looked_at)


def metrics(subject: Subject) -> Finding:
    """The engines offer them, and Prometheus fetches them from each replica, not through the edge."""
    practice, plan, running = "metrics", subject.plan, subject.running
    silent = [each.name for each in plan.replicas if not {"--enable-metrics", _MOCKER} & set(each.argv)]
    if silent:
        return Finding(
            practice, "fail", f"off in {', '.join(silent)}", "plan", "`make up` renders them again"
        )
    missing = _unscraped(plan)
    if missing:
        seen = f"Prometheus does not ask {', '.join(missing)}"
        return Finding(practice, "fail", seen, "plan", "`make up` renders its targets again")
    every = f"on, asked every {plan.prometheus.scrape_interval} s"
    if running is None:
        return Finding(practice, "pass", f"{every}; {subject.unseen}", "plan")
    looked_at = f"plan and {plan.prometheus.url}"
    if running.scraped is None:
        return Finding(
            practice, "fail", "Prometheus gives no answer", looked_at, "`make logs SERVICE=prometheus`"
        )
    healths = {name: running.scraped.get(name, "unknown") for name in running.phases}
    late = [name for name, health in healths.items() if health == "unknown"]
    down = [name for name, health in healths.items() if health not in ("up", "unknown")]
    if down:
        return Finding(practice, "fail", f"no samples of {', '.join(down)}", looked_at, "`make status`")
    if late:
        return Finding(
            practice, "not known", f"{', '.join(late)} not asked yet", looked_at, "ask again in a minute"
        )
    return Finding(practice, "pass", f"{every}, all answer", looked_at)


def _unscraped(plan: DeploymentPlan) -> list[str]:
    targets = {target.address for job in plan.prometheus.jobs if job.name == _JOB for target in job.targets}
    return [replica.name for replica in plan.replicas if f"{replica.address}:{replica.port}" not in targets]


def logs(subject: Subject) -> Finding:
    """Bounded, and there after a restart. Under Compose they are the container's, and go with it."""
    practice, looked_at, log = "logs", "plan", subject.plan.log
    if not log.max_size or log.max_files < 1:
        remedy = "`make up` renders the rotation again"
        return Finding(practice, "fail", "not rotated: they grow until the disk is full", looked_at, remedy)
    rotated = f"{log.max_files} files of {log.max_size} a service, kept over restarts"
    until = "; gone when its container is made anew" if subject.plan.runtime == "compose" else ""
    return Finding(practice, "pass", rotated + until, looked_at)
