"""Control groups: what Docker holds containers to their limits with."""

from __future__ import annotations

from collections.abc import Iterator

from generator.doctor.finding import Finding, Subject


def check_cgroup(subject: Subject) -> Iterator[Finding]:
    """Version 1 still works, but distributions and Docker are leaving it; no memory controller is worse."""
    docker = subject.facts.docker
    if subject.plan.runtime != "compose" or docker is None or not docker.cgroup:
        return
    found, needed = f"v{docker.cgroup}", "v2 with the memory controller"
    if not docker.memory_limit:
        remedy = "boot with `cgroup_enable=memory`; until then a memory limit has no effect"
        yield Finding("cgroup", "warn", f"{found}, no memory controller", needed, remedy)
    elif docker.cgroup == 1:
        yield Finding(
            "cgroup", "warn", found, needed, "works for now; boot with `systemd.unified_cgroup_hierarchy=1`"
        )
    else:
        yield Finding("cgroup", "ok", found, needed)
