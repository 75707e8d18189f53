"""Whether NGINX took a reload: only its log tells, because the signal itself always succeeds.

On HUP the master reads the files again; if it can use them it starts new workers and lets the old ones
finish, else it logs [emerg] and keeps the old ones. `nginx -t` can't foresee all of that: an address that
somebody else listens on passes the test, and so does a limit whose zone now has another key; only the latter
is cured by a restart. These lines are logged at `notice` or above, the level of the kit's nginx.conf.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from generator.errors import DeadlineError
from generator.runtime.failure import start_error
from generator.runtime.wait import SYSTEM_CLOCK, Clock, Deadline, until

Verdict = Literal["reloaded", "needs restart"]

# A reload takes milliseconds, on a machine under load more. After that a restart is the safe way.
PATIENCE = Deadline(10, "the edge took no new configuration")


def after_reload(log: Callable[[], str], *, clock: Clock = SYSTEM_CLOCK) -> Verdict:
    """Wait for NGINX's verdict in what it logged since the signal. Raises StartError, see `verdict`."""
    try:
        return until(lambda: verdict(log()), deadline=PATIENCE, clock=clock)
    except DeadlineError:
        return "needs restart"


def verdict(log: str) -> Verdict | None:
    """What the log since the signal says; None when it says nothing yet.

    Raises StartError when a restart would not help either, but only take the edge down.
    """
    if "[emerg] " not in log:
        return "reloaded" if "start worker process " in log else None
    if "bind()" in log:
        raise start_error("the edge can't listen as its new files say", log=log)
    return "needs restart"
