"""Debian's and Ubuntu's package manager, as root or through sudo."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from generator.errors import HostError, ToolError
from generator.facts import Version
from generator.host.ask import ask, find_program
from generator.host.version import parse_version

SHOWN_LINES = 15
"""Last lines of a failed command that go into the error."""

# A machine that boots may hold the lock for minutes (unattended-upgrades).
OPTIONS = ("-q", "-y", "-o", "DPkg::Lock::Timeout=300")

INSTALL = ("env", "DEBIAN_FRONTEND=noninteractive", "apt-get", *OPTIONS, "install", "--no-install-recommends")
UPDATE = ("apt-get", *OPTIONS, "update")


def has_apt() -> bool:
    """Whether this is a system of Debian's family."""
    return bool(find_program("apt-get") and find_program("dpkg"))


def candidate(package: str) -> Version | None:
    """The version that would be installed, None when the distribution has no such package.

    An epoch ("5:28.5") and the packager's revision are no part of it.
    """
    answer = ask(("apt-cache", "policy", package), timeout=60, environment={**os.environ, "LC_ALL": "C"})
    lines = (line.strip() for line in answer.stdout.splitlines())
    version = next((line.split(maxsplit=1)[1] for line in lines if line.startswith("Candidate:")), "(none)")
    return None if version == "(none)" else parse_version(version.rpartition(":")[2])


def install(packages: Sequence[str]) -> None:
    """Install `packages`; package lists older than the mirror's files are renewed once."""
    try:
        as_root((*INSTALL, *packages))
    except ToolError:
        update()
        as_root((*INSTALL, *packages))


def update() -> None:
    """Fetch the lists of packages."""
    as_root(UPDATE)


def as_root(argv: Sequence[str], *, stdin: str | None = None) -> None:
    """Run `argv` with root's rights. Raises HostError without them, ToolError when the command fails.

    Not through `ask`: sudo must be able to ask for a password on this terminal.
    """
    command = (*root_prefix(), *argv)
    done = subprocess.run(
        command,
        input=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    if done.returncode != 0:
        tail = "\n".join(done.stdout.splitlines()[-SHOWN_LINES:])
        raise ToolError(f"`{' '.join(command)}` ended with status {done.returncode}:\n{tail}")


def root_prefix() -> tuple[str, ...]:
    """What to put before a command to run it as root."""
    if os.geteuid() == 0:
        return ()
    if find_program("sudo"):
        return ("sudo",)
    raise HostError(
        "installing packages needs root, and there is no sudo",
        hint="run this once as root; later runs need no root",
    )


def unit_files(root: Path = Path("/")) -> frozenset[str]:
    """Names of the systemd services that packages brought."""
    directories = (root / "lib/systemd/system", root / "usr/lib/systemd/system")
    return frozenset(file.name for directory in directories for file in directory.glob("*.service"))
