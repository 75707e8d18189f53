"""`logs`: the services' logs, as they are or as they come."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import typer

from generator.errors import StateError
from generator.plan.model import DeploymentPlan
from generator.runtime.choice import runtime_of
from generator.runtime.contract import Tailing
from generator.runtime.readiness import service_names


def logs(
    plan: DeploymentPlan,
    directory: Path,
    *,
    services: Sequence[str] = (),
    lines: int,
    tailing: Tailing,
) -> int:
    """Print them; with "follow" until interrupted. Raises StateError for a service that is not there."""
    _require_known(services, plan=plan)
    # `sglbox logs | head` ends this side too, without a complaint.
    with suppress(BrokenPipeError):
        for line in runtime_of(plan, directory=directory).logs(services, lines=lines, tailing=tailing):
            typer.echo(line.rstrip("\n"))
    return 0


def _require_known(services: Sequence[str], *, plan: DeploymentPlan) -> None:
    known = service_names(plan)
    unknown = [service for service in services if service not in known]
    if unknown:
        raise StateError(
            f"{plan.project} has no service {', '.join(unknown)}", hint=f"there are: {', '.join(known)}"
        )
