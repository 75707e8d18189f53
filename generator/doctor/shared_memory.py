"""Shared memory (/dev/shm), through which the processes of one replica exchange tensors.

Under Compose each container has its own of the size the plan gives it. In the host runtime all replicas share
the one that is there, and in a rented GPU container that is Docker's 64 MB unless somebody asked for more: NCCL
then dies with a bus error in the middle of loading.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence

from generator.doctor.finding import Finding, Status, Subject
from generator.doctor.size import parse_size, show_size
from generator.plan.model import Replica

MOUNT = "/dev/shm"  # noqa: S108 - it is looked at, not written to
DOCKERS_DEFAULT = 64 << 20

REMEDY = (
    "mount a larger one: `mount -o remount,size=32g /dev/shm`, or start the container with --shm-size 32g"
)


def check_shared_memory(subject: Subject) -> Iterator[Finding]:
    """Real engines as processes only: the simulator uses none."""
    if subject.plan.runtime == "host" and subject.plan.engine != "simulator":
        yield judge(total_bytes(MOUNT), replicas=subject.plan.replicas)


def total_bytes(mount: str) -> int:
    """Size of the file system at `mount`, 0 when there is none."""
    try:
        state = os.statvfs(mount)
    except OSError:
        return 0
    return state.f_blocks * state.f_frsize


def judge(total: int, *, replicas: Sequence[Replica]) -> Finding:
    """The sizes that the plan would give containers are limits, not needs: less than them is a warning."""
    wanted = sum(parse_size(replica.shm_size) for replica in replicas)
    needed = f"{show_size(wanted)} for {len(replicas)} replica(s)"
    if total >= wanted:
        return Finding("shared memory", "ok", show_size(total), needed)
    parallel = any(len(replica.gpus) > 1 for replica in replicas)
    status: Status = "fail" if total <= DOCKERS_DEFAULT and parallel else "warn"
    return Finding("shared memory", status, show_size(total), needed, REMEDY)
