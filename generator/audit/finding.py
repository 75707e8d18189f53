"""What is audited, and what is said of a practice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from generator.facts import HostFacts
from generator.findings import Row, Wording
from generator.plan.model import DeploymentPlan

Verdict = Literal["pass", "fail", "not known"]
WORDING = Wording(
    about="practice",
    beside="looked at",
    styles={"fail": "bold red", "not known": "yellow", "pass": "green"},
    counted={"pass": "pass", "fail": "fail", "not known": "not known"},
)


@dataclass(frozen=True)
class Finding:
    """One practice: `seen` is what was found, `looked_at` where. `remedy` is "" where there is nothing to do."""

    practice: str
    verdict: Verdict
    seen: str
    looked_at: str
    remedy: str = ""

    @property
    def row(self) -> Row:
        """As people read it."""
        return Row(self.practice, self.verdict, self.seen, self.looked_at, self.remedy)


@dataclass(frozen=True)
class Running:
    """The deployment as it runs now."""

    phases: Mapping[str, str]
    """Replica -> what it is at; without those that are parked."""
    prompt_tokens: float | None
    """Of all replicas since they started; None where their counters can't be read."""
    cached_tokens: float | None
    scraped: Mapping[str, str] | None
    """Replica -> health of its target in Prometheus; None where Prometheus gives no answer."""


@dataclass(frozen=True)
class Report:
    """One load-test run that was made against this very plan. `doubt` says why it proves nothing, "" when it does."""

    folder: str
    started: str
    scenario: str
    doubt: str


@dataclass(frozen=True)
class Subject:
    """One deployment. `running` is None where nothing was looked at, for the reason `unseen`."""

    plan: DeploymentPlan
    facts: HostFacts
    running: Running | None = None
    unseen: str = "nothing runs"
    reports: Sequence[Report] = field(default=())
