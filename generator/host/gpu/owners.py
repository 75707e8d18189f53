"""Which process on a GPU is the deployment's own: one in its containers, or under its supervisord.

A plan that avoided the GPUs its own replicas use would move them with every `up`.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path

from generator.host.ask import ask

PROC = Path("/proc")
TIMEOUT = 5.0
_CONTAINER = re.compile(r"[0-9a-f]{64}")


def own_containers(project: str, *, docker: str) -> frozenset[str]:
    """Ids of the containers of a Compose project; none without an engine."""
    if not (project and docker):
        return frozenset()
    label = f"label=com.docker.compose.project={project}"
    answer = ask((docker, "ps", "--quiet", "--no-trunc", "--filter", label), timeout=TIMEOUT)
    return frozenset(answer.stdout.split()) if answer.status == 0 else frozenset()


def belongs(pid: int, *, project: str, containers: Collection[str], proc: Path = PROC) -> bool:
    """Whether the process is in one of `containers`, or a descendant of the project's supervisord."""
    found = _CONTAINER.search(_read(proc / str(pid) / "cgroup"))
    if found:
        return found[0] in containers
    return bool(project) and any(supervises(each, project, proc) for each in ancestors(pid, proc))


def ancestors(pid: int, proc: Path = PROC) -> list[int]:
    """Parent, its parent, and so on up to the first process."""
    found: list[int] = []
    while (parent := _parent(pid, proc)) and parent not in found:
        found.append(parent)
        pid = parent
    return found


def supervises(pid: int, project: str, proc: Path = PROC) -> bool:
    """A supervisord that runs in build/<project>."""
    if "supervisord" not in _read(proc / str(pid) / "cmdline"):
        return False
    try:
        return (proc / str(pid) / "cwd").readlink().name == project
    except OSError:
        return False


def _parent(pid: int, proc: Path) -> int:
    """The fourth field of stat; the second, a name in brackets, may hold anything."""
    fields = _read(proc / str(pid) / "stat").rpartition(")")[2].split()
    return int(fields[1]) if len(fields) > 1 else 0


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
