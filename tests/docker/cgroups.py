"""Control groups, where the machine's init has not mounted them (a bare container or chroot)."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.cache import announce

ROOT = Path("/sys/fs/cgroup")


def ensure_cgroups() -> None:
    """Mount cgroup v2, or where the kernel keeps its controllers in v1, one hierarchy for each of those."""
    if any(f" {ROOT}" in line for line in Path("/proc/mounts").read_text().splitlines()):
        return
    announce("mounting control groups: the Docker engine cannot start a container without them")
    _mount("cgroup2", ROOT)
    if "memory" in (ROOT / "cgroup.controllers").read_text().split():
        return
    subprocess.run(("umount", str(ROOT)), check=True)
    _mount("tmpfs", ROOT, options="mode=0755")
    for controller in _controllers():
        (ROOT / controller).mkdir()
        _mount("cgroup", ROOT / controller, options=controller)


def _controllers() -> list[str]:
    lines = Path("/proc/cgroups").read_text().splitlines()
    return [line.split()[0] for line in lines if not line.startswith("#") and line.split()[3] == "1"]


def _mount(kind: str, target: Path, *, options: str = "") -> None:
    chosen = ("-o", options) if options else ()
    subprocess.run(("mount", "-t", kind, *chosen, kind, str(target)), check=True)
