"""Every error a user may meet, in one file, so that each has an exit code of its own.

    SglboxError                 what is wrong + a hint what to do
     +- FaultsError             many faults at once, each with its place
     |   +- SpecError      2    deployment.yaml cannot be read as a spec
     |   +- PlanError      3    the spec does not fit this host, or itself
     |   +- CheckError     8    validate or doctor found something
     +- ToolError          4    a program the kit calls is missing, too old or failed
     +- HostError          5    this host cannot do what was asked
     +- StartError         6    a service failed while starting
     +- DeadlineError      7    a service did not get ready in its time
     +- StateError         9    the deployment is not in the state the verb needs

Expected errors print no traceback; anything else is a defect and exits 70.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: `path` is the key in the file (`replicas.0.gpus`), "" for the whole."""

    path: str
    message: str
    remedy: str = ""

    def render(self, *, source: str = "", lines: Mapping[str, int] | None = None) -> str:
        """`deployment.yaml:12: replicas.0.gpus: message; remedy` with what is known of it."""
        line = nearest_line(self.path, lines or {})
        place = f"{source}:{line}" if source and line else source
        text = f"{self.message}; {self.remedy}" if self.remedy else self.message
        return ": ".join(part for part in (place, self.path, text) if part)


def nearest_line(path: str, lines: Mapping[str, int]) -> int | None:
    """The line of `path`, or of the closest parent that has one (a missing key has none itself)."""
    while path:
        if path in lines:
            return lines[path]
        path = path.rpartition(".")[0]
    return lines.get("")


class SglboxError(Exception):
    """What is wrong, and in `hint` what to do about it."""

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class FaultsError(SglboxError):
    """All faults at once, one line each."""

    def __init__(
        self,
        faults: Sequence[Fault],
        *,
        source: str = "",
        lines: Mapping[str, int] | None = None,
        hint: str = "",
    ) -> None:
        self.faults = tuple(faults)
        self.lines = lines or {}
        super().__init__("\n".join(f.render(source=source, lines=lines) for f in faults), hint=hint)


class SpecError(FaultsError):
    """deployment.yaml cannot be read as a spec."""

    exit_code = 2


class PlanError(FaultsError):
    """The spec contradicts itself or does not fit this host."""

    exit_code = 3


class ToolError(SglboxError):
    """A program the kit calls is missing, too old, or failed."""

    exit_code = 4


class HostError(SglboxError):
    """This host cannot do what was asked."""

    exit_code = 5


class StartError(SglboxError):
    """A service failed while starting; the message ends with its last log lines."""

    exit_code = 6


class DeadlineError(SglboxError):
    """A service did not get ready within its budget."""

    exit_code = 7


class CheckError(FaultsError):
    """validate or doctor found something that must be mended."""

    exit_code = 8


class StateError(SglboxError):
    """The deployment is not in the state the verb needs (nothing is up, another one is)."""

    exit_code = 9
