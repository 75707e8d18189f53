"""Open files: each stream through the edge takes two descriptors of one NGINX worker.

Under Compose the files set the limit themselves; as processes, everything lives with the limit of the shell
that started it.
"""

from __future__ import annotations

import resource
from collections.abc import Iterator

from generator.doctor.finding import Finding, Subject

SUPERVISOR_NEEDS = 4096
"""`minfds` of the rendered supervisord.conf: it refuses to start with fewer."""

REMEDY = (
    "raise `nofile` in /etc/security/limits.conf (or the container's --ulimit nofile=65536) and log in again"
)


def check_limits(subject: Subject) -> Iterator[Finding]:
    """The hard limit: supervisord raises the soft one up to it."""
    if subject.plan.runtime == "host" and subject.plan.leads:
        _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        yield judge(hard, connections=subject.plan.edge.worker_connections)


def judge(hard: int, *, connections: int) -> Finding:
    """`hard` is -1 without a limit."""
    wanted = 2 * connections
    found = "unlimited" if hard == resource.RLIM_INFINITY else str(hard)
    needed = f"{wanted} for {connections} connections to the edge"
    if found == "unlimited" or hard >= wanted:
        return Finding("open files", "ok", found, needed)
    return Finding("open files", "fail" if hard < SUPERVISOR_NEEDS else "warn", found, needed, REMEDY)
