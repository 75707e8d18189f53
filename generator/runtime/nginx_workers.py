"""Whether NGINX took a reload: its workers tell, because HUP itself always succeeds.

On HUP the master reads the files again; if it can use them it starts new workers and lets the old ones
finish, else it logs [emerg] and keeps the old ones (`nginx -t` can't foresee all, e.g. another zone size).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

from generator.errors import DeadlineError
from generator.runtime.wait import SYSTEM_CLOCK, Clock, Deadline, until

Workers = frozenset[int]

# A reload takes milliseconds; a machine under load may need more. Then a restart is the safe way.
PATIENCE = Deadline(10, "the edge did not start new workers")


def serving_workers(processes: Mapping[int, str]) -> Workers:
    """The workers that take new connections, from process id -> title."""
    return frozenset(
        pid
        for pid, title in processes.items()
        if "nginx: worker process" in title and "shutting down" not in title
    )


def after_reload(
    before: Workers,
    *,
    workers: Callable[[], Workers],
    log: Callable[[], Iterable[str]],
    clock: Clock = SYSTEM_CLOCK,
) -> Literal["reloaded", "refused"]:
    """Wait until none of the workers from before serves any more. `log`: its lines since the signal."""

    def verdict() -> Literal["reloaded", "refused"] | None:
        if any("[emerg]" in line for line in log()):
            return "refused"
        now = workers()
        return "reloaded" if now and not now & before else None

    try:
        return until(verdict, deadline=PATIENCE, clock=clock)
    except DeadlineError:
        return "refused"
