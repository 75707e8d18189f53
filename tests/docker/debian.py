"""Debian's packages for the test engine: unpacked beside the system, or installed where a program must be in it.

Unpacking goes through an apt root of its own: the system's package sources, lists and cache stay as they are.
"""

import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.cache import announce

KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")

# What must be in the system itself; none of these starts a service.
SYSTEM_PACKAGES = {
    "ca-certificates": "what is downloaded is checked",
    "debian-archive-keyring": "signs the Debian packages that the test engine and its images are made of",
    "iproute2": "makes the bridge that the test engine's containers are on",
    "iptables": "the Docker engine publishes ports with it",
    "libseccomp2": "runc is linked to it",
    "libsystemd0": "the Docker engine is linked to it",
    "mmdebstrap": "makes the file systems of the stand-in images: no registry is reachable",
}


class PackageError(RuntimeError):
    """apt or dpkg failed; carries its last lines."""


def ensure_system_packages() -> None:
    """Install what is missing of `SYSTEM_PACKAGES`, each announced with its reason."""
    missing = [package for package in SYSTEM_PACKAGES if not _is_installed(package)]
    if not missing:
        return
    for package in missing:
        announce(f"installing {package} with apt: {SYSTEM_PACKAGES[package]}")
    run("apt-get", "update", "-qq")
    run("apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing)


def _is_installed(package: str) -> bool:
    query = ("dpkg-query", "--show", "--showformat=${db:Status-Status}", package)
    done = subprocess.run(query, check=False, capture_output=True, text=True)
    return done.stdout == "installed"


def mirror() -> str:
    """The Debian mirror that this system's apt uses; SGLBOX_TEST_DEBIAN_MIRROR names one where it uses none."""
    if given := os.environ.get("SGLBOX_TEST_DEBIAN_MIRROR"):
        return given
    targets = run("apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages").split()
    uris = (uri.rstrip("/") for uri in targets)
    found = next((uri for uri in uris if uri.endswith("/debian")), "")
    if not found:
        raise PackageError("apt uses no Debian mirror here: name one in SGLBOX_TEST_DEBIAN_MIRROR")
    return found


def source(suite: str) -> str:
    """The apt source line of a Debian suite."""
    return f"deb [signed-by={KEYRING}] {mirror()} {suite} main"


def libc_version() -> tuple[int, ...]:
    """Version of this system's glibc."""
    return tuple(int(part) for part in platform.libc_ver()[1].split("."))


def unpack(packages: Sequence[tuple[str, str]], *, into: Path, scratch: Path) -> None:
    """Unpack (package, suite) pairs into a directory; `scratch` holds the private apt root meanwhile."""
    debs = scratch / "debs"
    for directory in (into, debs, scratch / "lists/partial", scratch / "cache/archives/partial"):
        directory.mkdir(parents=True, exist_ok=True)
    sources = scratch / "sources.list"
    sources.write_text("".join(f"{source(suite)}\n" for suite in sorted({suite for _, suite in packages})))
    apt = ("apt-get", "-qq", *_private_root(scratch))
    run(*apt, "update")
    run(*apt, "download", *(f"{package}/{suite}" for package, suite in packages), cwd=debs)
    for deb in sorted(debs.glob("*.deb")):
        run("dpkg", "--extract", str(deb), str(into))


def _private_root(scratch: Path) -> tuple[str, ...]:
    options = {
        "Dir::Etc::sourcelist": scratch / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferences": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State::lists": scratch / "lists",
        "Dir::State::status": "/dev/null",
        "Dir::Cache": scratch / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Retries": "3",
        "Acquire::Languages": "none",
        # A mirror may be a snapshot whose Release file has run out; its signature is checked all the same.
        "Acquire::Check-Valid-Until": "false",
    }
    return tuple(word for name, value in options.items() for word in ("-o", f"{name}={value}"))


def run(*argv: str, cwd: Path | None = None) -> str:
    """Output of a command; raises `PackageError` with its last lines when it fails."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(argv, check=False, cwd=cwd, env=environment, capture_output=True, text=True)
    if done.returncode != 0:
        raise PackageError(f"{' '.join(argv)} exited with {done.returncode}:\n{done.stderr[-3000:]}")
    return done.stdout
