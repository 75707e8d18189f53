"""Every error a user of the load test may meet, each with its exit code.

    LoadtestError          what is wrong + a hint what to do
     +- ProfileError   2   a profile, or an option, says something impossible
     +- TargetError    5   the server cannot be used: unreachable, wrong key, wrong model
     +- RunError       6   the load generator itself failed

The verdict has its own: 0 passed, 1 an SLO was missed, 3 the run is not valid. 130 is an interrupt before
anything was measured.
"""

from __future__ import annotations

from typing import ClassVar


class LoadtestError(Exception):
    """What is wrong, and in `hint` what to do about it."""

    exit_code: ClassVar[int] = 70

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ProfileError(LoadtestError):
    """A profile or an option says something impossible; one line a fault."""

    exit_code = 2


class TargetError(LoadtestError):
    """The server cannot be used: unreachable, wrong key, wrong model."""

    exit_code = 5


class RunError(LoadtestError):
    """The load generator itself failed."""

    exit_code = 6
