"""What a program says about a rendered file, and what it means when it could not be asked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from generator.errors import Fault
from generator.host.ask import MISSING, TIMED_OUT, Answer

# Statuses of `docker run` (and of a shell) that say nothing about the file: the program did not get to run.
# https://docs.docker.com/reference/cli/docker/container/run/#exit-status
DID_NOT_RUN = frozenset({TIMED_OUT, 125, 126, MISSING})

LINE = re.compile(r"\bline (\d+)")


@dataclass(frozen=True)
class Verdict:
    """`file` as judged by the program `judge`; no faults is a pass."""

    file: str
    judge: str
    faults: tuple[Fault, ...] = ()


def not_checked(file: str, *, judge: str, reason: str, remedy: str) -> Verdict:
    """A file that nobody could judge is not a file that passed."""
    return Verdict(file, judge, (Fault(file, f"was not checked: {reason}", remedy),))


def quoted(lines: Iterable[str], *, file: str) -> tuple[Fault, ...]:
    """Each line of a program's complaint at its place: `file:LINE` where it names one."""
    return tuple(Fault(place(file, line), line) for line in lines)


def place(file: str, complaint: str) -> str:
    """`file`, with the line that the complaint names."""
    found = LINE.search(complaint)
    return f"{file}:{found[1]}" if found else file


def ran(answer: Answer) -> bool:
    """Whether the program got to say anything about the file."""
    return answer.status not in DID_NOT_RUN
