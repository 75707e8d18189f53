"""Keep the services of freshly installed packages down.

Debian starts a server when its package is installed, and at every boot after. The kit runs its own NGINX and
Prometheus, so the distribution's would only hold ports 80 and 9090 with a page nobody asked for.
https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from generator.host.apt import as_root, unit_files
from generator.host.ask import find_program

POLICY = Path("/usr/sbin/policy-rc.d")
MARK = "sglbox: no service starts while its package is being installed"
POLICY_TEXT = f"#!/bin/sh\n# {MARK}; removed when the installation is over.\nexit 101\n"

BOOTED_WITH_SYSTEMD = Path("/run/systemd/system")


@contextmanager
def services_held() -> Iterator[None]:
    """Services whose packages are installed meanwhile are neither started now nor at boot."""
    before = unit_files()
    try:
        with start_forbidden():
            yield
    finally:
        disable(sorted(unit_files() - before))


@contextmanager
def start_forbidden(policy: Path = POLICY) -> Iterator[None]:
    """Maintainer scripts are told not to start anything. A policy that is there already is the operator's."""
    if policy.exists() and MARK not in policy.read_text(errors="replace"):
        yield
        return
    as_root(("install", "-m", "0755", "/dev/stdin", str(policy)), stdin=POLICY_TEXT)
    try:
        yield
    finally:
        as_root(("rm", "-f", str(policy)))


def disable(units: list[str]) -> None:
    """Take `units` out of the boot, and stop them if an operator's policy let them start."""
    plain = [unit for unit in units if "@" not in unit]
    if not plain or not find_program("systemctl"):
        return
    as_root(("systemctl", "--quiet", "disable", *plain))
    if BOOTED_WITH_SYSTEMD.is_dir():
        as_root(("systemctl", "--quiet", "stop", *plain))
