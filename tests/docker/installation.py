"""The Docker engine with its plugins, unpacked from Debian's packages into the test cache; nothing is installed.

From the stable suite: it does not move, and its versions (26.1 and Compose 2.26) are near the oldest that the kit
supports, so what passes here passes on newer ones.
"""

import platform
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.cache import announce, cache_root, content_hash, exclusive, is_stamped, write_stamp
from tests.docker.debian import ensure_system_packages, libc_version, run, unpack

SUITE = "trixie"
# The rest of the suite's engine is linked to old symbols only; its runc wants a glibc that Debian 12 has not.
RUNC_GLIBC, RUNC_SUITE_BEFORE = (2, 38), "bookworm"
ENGINE_PACKAGES = ("docker.io", "docker-cli", "docker-compose", "docker-buildx", "containerd", "tini")


@dataclass(frozen=True)
class Installation:
    """An unpacked engine: the directory that stands for `/`."""

    root: Path

    @property
    def path(self) -> tuple[Path, ...]:
        """Directories of its programs."""
        return (self.root / "usr/sbin", self.root / "usr/bin")

    @property
    def runc(self) -> Path:
        """The OCI runtime proper."""
        return next(file for file in (directory / "runc" for directory in self.path) if file.is_file())

    @property
    def plugins(self) -> Path:
        """Directory of Docker's command-line plugins."""
        return self.root / "usr/libexec/docker/cli-plugins"


def ensure() -> Installation:
    """The engine, unpacked if it is not there yet, and what the system must have for it."""
    ensure_system_packages()
    packages = (*((package, SUITE) for package in ENGINE_PACKAGES), ("runc", _runc_suite()))
    digest = content_hash([], also=[platform.machine(), *map("/".join, packages)])
    directory = cache_root() / f"docker-{digest}"
    stamp, root = directory / "complete", directory / "root"
    with exclusive(directory.with_suffix(".lock")):
        if not is_stamped(stamp, digest=digest):
            announce(
                f"unpacking Debian's Docker engine into {directory}: tests start containers on one of their own"
            )
            shutil.rmtree(directory, ignore_errors=True)
            unpack(packages, into=root, scratch=directory / "apt")
            shutil.rmtree(directory / "apt")
            _check_libraries(root)
            write_stamp(stamp, digest=digest)
    return Installation(root)


def _runc_suite() -> str:
    return SUITE if libc_version() >= RUNC_GLIBC else RUNC_SUITE_BEFORE


def _check_libraries(root: Path) -> None:
    for program in ("dockerd", "containerd", "docker", "runc"):
        found = next(file for file in root.rglob(program) if file.is_file() and file.stat().st_mode & 0o100)
        missing = [line.strip() for line in _libraries(found).splitlines() if "not found" in line]
        if missing:
            raise RuntimeError(f"{found} does not run on this system: {'; '.join(missing)}")


def _libraries(program: Path) -> str:
    try:
        return run("ldd", str(program))
    except RuntimeError:
        return ""  # linked statically
