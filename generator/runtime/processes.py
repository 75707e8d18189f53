"""The processes of a supervisord, dead or alive: everything in the session it once began.

supervisord makes itself the leader of a session and its children stay in it, whatever they fork. So even when
it was killed, its pid file names everything it left behind.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from generator.errors import DeadlineError
from generator.runtime.wait import Deadline, until

PROC = Path("/proc")
PATIENCE = 10
"""Seconds that a process gets between TERM and KILL."""


def members(session: int, *, directory: Path) -> tuple[int, ...]:
    """Process ids of that session which were started in `directory`; the latter guards against reused ids."""
    found = (int(path.name) for path in PROC.glob("[0-9]*"))
    return tuple(pid for pid in found if _session(pid) == session and _started_in(pid, directory))


def running(pids: Iterable[int]) -> tuple[int, ...]:
    """Those that still run; one that only waits to be reaped does not."""
    return tuple(pid for pid in pids if _session(pid))


def end(pids: Iterable[int]) -> None:
    """TERM, and KILL for what is still there after a while. Returns when all are gone."""
    remaining = tuple(pids)
    _signal(remaining, signal.SIGTERM)
    # What outlives it is killed, not reported.
    with suppress(DeadlineError):
        wait_gone(remaining, seconds=PATIENCE)
    _signal(remaining, signal.SIGKILL)
    wait_gone(remaining, seconds=PATIENCE)


def wait_gone(pids: Iterable[int], *, seconds: float) -> None:
    """Until none of them runs any more. Raises DeadlineError."""
    watched = tuple(pids)
    until(
        lambda: True if not running(watched) else None,
        deadline=Deadline(seconds, "the processes did not end", hint="see `sglbox logs`"),
        status=lambda: f"still running: {', '.join(map(str, running(watched)))}",
    )


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _session(pid: int) -> int:
    """The session of a process that runs; 0 for one that is gone or only waits to be reaped."""
    with suppress(OSError):
        state, _, _, session, *_ = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
        return 0 if state in ("Z", "X") else int(session)
    return 0


def _started_in(pid: int, directory: Path) -> bool:
    with suppress(OSError):
        return (PROC / str(pid) / "cwd").readlink() == directory.resolve()
    return False
