"""Run inside the throw-away root: install the host runtime's programs twice and print what became of it, as JSON."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from generator.host.packages import ensure_runtime
from generator.host.services import POLICY

PACKAGES = ("nginx", "nginx-common", "libnginx-mod-http-js", "prometheus", "prometheus-node-exporter")
SERVERS = ("nginx", "prometheus")


def forget() -> None:
    """Take away what this machine may have already, and any policy about services."""
    POLICY.unlink(missing_ok=True)
    installed = [name for name in PACKAGES if Path(f"/var/lib/dpkg/info/{name}.list").exists()]
    if installed:
        subprocess.run(
            ["dpkg", "--purge", "--force-depends", *installed], check=True, stdout=subprocess.DEVNULL
        )


def pretend_booted() -> None:
    """Maintainer scripts start services only on a machine that has booted, as `runlevel` tells them."""
    runlevel = Path("/sbin/runlevel")
    runlevel.unlink(missing_ok=True)
    runlevel.write_text("#!/bin/sh\necho N 2\n")
    runlevel.chmod(0o755)


def running() -> list[str]:
    """Servers that run in this process namespace."""
    names = (file.read_text().strip() for file in Path("/proc").glob("[0-9]*/comm"))
    return sorted(set(SERVERS) & set(names))


def enabled() -> list[str]:
    """Servers that the next boot would start."""
    wanted = Path("/etc/systemd/system/multi-user.target.wants")
    return sorted(name for name in SERVERS if (wanted / f"{name}.service").exists())


def main() -> None:
    """Install, install again, look."""
    forget()
    pretend_booted()
    said: list[str] = []
    first = ensure_runtime("host", say=said.append)
    again = ensure_runtime("host", say=said.append)
    result = {"said": said, "first": first, "again": again, "policy_left": POLICY.exists()}
    json.dump({**result, "running": running(), "enabled": enabled()}, sys.stdout)


if __name__ == "__main__":
    main()
