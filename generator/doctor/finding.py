"""What a check says."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from generator.facts import HostFacts
from generator.findings import Row, Wording
from generator.plan.model import DeploymentPlan

Status = Literal["ok", "warn", "fail"]
WORDING = Wording(
    about="check",
    beside="needed",
    styles={"fail": "bold red", "warn": "yellow", "ok": "green"},
    counted={"ok": "ok", "warn": "to look at", "fail": "to mend"},
)


@dataclass(frozen=True)
class Finding:
    """One line of the report. `remedy` is "" where there is nothing to do.

    `fail`: the deployment will not start, or not work. `warn`: it may, but somebody should look.
    """

    check: str
    status: Status
    found: str
    needed: str
    remedy: str = ""

    @property
    def row(self) -> Row:
        """As people read it."""
        return Row(self.check, self.status, self.found, self.needed, self.remedy)


@dataclass(frozen=True)
class Subject:
    """What is examined: a plan on a host, rendered to `directory` (which need not exist yet)."""

    facts: HostFacts
    plan: DeploymentPlan
    directory: Path
