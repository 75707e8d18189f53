"""What runs, as rows: for the table of `up` and `status`, and for `status --json`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.plan.model import DeploymentPlan
from generator.runtime.contract import Runtime
from generator.runtime.observed import Observed
from generator.runtime.phases import SETTLED, PhaseName
from generator.runtime.ports import servers
from generator.runtime.readiness import phases, service_names

Verdict = Literal["ready", "serving", "down"]


@dataclass(frozen=True)
class Row:
    """One service."""

    service: str
    phase: PhaseName
    detail: str
    gpus: tuple[str, ...]
    address: str
    """Where it is reached: published ones from this host, replicas from the edge."""
    restarts: int
    since: str
    """Begin of the present run, RFC 3339 in UTC."""


@dataclass(frozen=True)
class Overview:
    """The whole deployment."""

    project: str
    runtime: str
    engine: str
    model: str
    endpoint: str
    verdict: Verdict
    """"ready": all serve; "serving": at least one replica does; else "down"."""
    services: tuple[Row, ...]


def overview(plan: DeploymentPlan, runtime: Runtime, *, observed: Observed) -> Overview:
    """Looks at logs only of services that are not ready."""
    found = phases(plan, runtime, observed=observed)
    addresses = _addresses(plan)
    gpus = {replica.name: replica.gpus for replica in plan.replicas}
    # After `down` nothing is parked any more, whatever the files say.
    parked = plan.parked if observed.services else ()
    absent: PhaseName = "stopping" if observed.ending else "stopped"
    rows = []
    for name in service_names(plan):
        state = observed.service(name)
        rows.append(
            Row(
                name,
                phase=found[name].name if state or name in parked else absent,
                detail=found[name].detail,
                gpus=gpus.get(name, ()),
                address=addresses.get(name, ""),
                restarts=state.restarts if state else 0,
                since=state.since if state else "",
            )
        )
    return Overview(
        plan.project,
        runtime=plan.runtime,
        engine=plan.engine,
        model=plan.model.served_name,
        endpoint=plan.edge.url,
        verdict=_verdict(plan, tuple(rows)),
        services=tuple(rows),
    )


def _verdict(plan: DeploymentPlan, rows: tuple[Row, ...]) -> Verdict:
    ready = {row.service for row in rows if row.phase in SETTLED}
    if len(ready) == len(rows):
        return "ready"
    if not plan.leads:
        return "down"
    leads = {plan.edge.name, *(router.name for router in plan.routers)} <= ready
    serves = leads and any(replica.name in ready for replica in plan.awake)
    return "serving" if serves else "down"


def _addresses(plan: DeploymentPlan) -> dict[str, str]:
    return {
        **{server.name: f"{server.address}:{server.port}" for server in (*servers(plan), *plan.onlookers)},
        plan.edge.name: plan.edge.url,
        plan.prometheus.name: plan.prometheus.url,
        **({plan.grafana.name: plan.grafana.url} if plan.grafana else {}),
    }
