"""Which services are restarted together, in which order, and whether the edge can do without them meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from generator.errors import StateError
from generator.plan.model import DeploymentPlan
from generator.runtime.readiness import service_names
from generator.runtime.wanted import unit_of


@dataclass(frozen=True)
class Turn:
    """Services that end and start at the same time."""

    names: tuple[str, ...]
    spared: bool
    """Whether the edge sends what comes meanwhile to others."""

    def __str__(self) -> str:
        """What is said before it is done."""
        names = ", ".join(self.names)
        if self.spared:
            return f"restart {names}: out of the edge, once it is idle; the others take its requests"
        together = "together; " if len(self.names) > 1 else ""
        return f"restart {names}: {together}what is open on it is let finish, what comes meanwhile may fail"


def turns(plan: DeploymentPlan, names: Sequence[str]) -> tuple[Turn, ...]:
    """Of the named services, of all replicas that run where none is named. A prefill or decode replica stands for all of
    them: they are one unit. Raises StateError for what is not there or parked."""
    _require_known(plan, names)
    wanted = names or [replica.name for replica in plan.awake]
    found: dict[str, tuple[str, ...]] = {}
    for name in service_names(plan):
        if name in wanted:
            unit = unit_of(plan, service=name)
            found.setdefault(unit or name, _members(plan, unit) if unit else (name,))
    return tuple(Turn(each, _is_spared(plan, each)) for each in found.values())


def _require_known(plan: DeploymentPlan, names: Sequence[str]) -> None:
    gone = {*plan.parked, plan.prefetch.name if plan.prefetch else ""}
    known = [name for name in service_names(plan) if name not in gone]
    if unknown := [name for name in names if name not in known]:
        raise StateError(
            f"no service of {plan.project} that runs is called {', '.join(unknown)}",
            hint=f"there are {', '.join(known)}",
        )
    if plan.node:
        raise StateError(
            "one model takes all the hosts: none of its services can be restarted alone",
            hint="`make down` and `make up` on each host",
        )


def _members(plan: DeploymentPlan, unit: str) -> tuple[str, ...]:
    return tuple(each.name for each in plan.replicas if unit_of(plan, service=each.name) == unit)


def _is_spared(plan: DeploymentPlan, names: Sequence[str]) -> bool:
    """Those that the edge itself sends to, as long as there is another one."""
    placed = [server.replica for server in plan.edge.upstream.servers if server.replica not in plan.parked]
    return all(name in placed for name in names) and any(name not in names for name in placed)
