"""What the planner has decided so far and what it found wrong, gathered while it goes on."""

from __future__ import annotations

from dataclasses import dataclass, field

from generator.errors import Fault
from generator.plan.model import Choice


@dataclass
class Decisions:
    """Choices and warnings become part of the plan; faults end it, all of them at once."""

    choices: list[Choice] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def choose(self, what: str, value: str, *, why: str) -> None:
        """Notes a decision with its cause."""
        self.choices.append(Choice(what, value, why))

    def warn(self, warning: str) -> None:
        """Notes what the operator must not overlook."""
        self.warnings.append(warning)

    def refuse(self, path: str, message: str, remedy: str = "") -> None:
        """Notes a fault at a key of the spec."""
        self.faults.append(Fault(path, message, remedy))
