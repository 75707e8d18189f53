"""CPUs and memory this process may use: what the machine has, less what its container was given."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

MEMINFO = Path("/proc/meminfo")
CGROUP = Path("/sys/fs/cgroup")

# Files with a memory limit in bytes (v2 says "max", v1 a number near 2^63 for none).
LIMITS = ("memory.max", "memory/memory.limit_in_bytes")


def collect_cpus() -> int:
    """CPUs this process may run on."""
    return len(os.sched_getaffinity(0))


def collect_memory(*, meminfo: Path = MEMINFO, cgroup: Path = CGROUP) -> int:
    """Bytes of memory: the machine's, or the control group's when that is less. 0 when nothing is known."""
    sizes = [total_memory(meminfo), *(memory_limit(cgroup / name) for name in LIMITS)]
    return min((size for size in sizes if size), default=0)


def superuser() -> str:
    """The superuser's name when this process runs as that, else ""."""
    return pwd.getpwuid(0).pw_name if os.geteuid() == 0 else ""


def total_memory(meminfo: Path) -> int:
    """MemTotal in bytes, 0 when it can't be read."""
    try:
        lines = meminfo.read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("MemTotal:")), 0)


def memory_limit(file: Path) -> int:
    """The limit in `file`, 0 when there is none."""
    try:
        text = file.read_text().strip()
    except OSError:
        return 0
    return int(text) if text.isdigit() else 0
