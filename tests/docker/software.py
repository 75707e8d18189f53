"""The engine, its client and plugins, unpacked from Debian packages; and what the system itself must have."""

from __future__ import annotations

import os
import shutil

from generator.host.packages import ensure
from generator.host.programs import Package, Program
from tests.cache import announce, content_hash, exclusive, is_stamped, write_stamp
from tests.docker.debian import has_program, unpack
from tests.docker.place import Place

PACKAGES = ("docker.io", "docker-cli", "docker-compose", "docker-buildx", "containerd", "tini-static")
PLUGINS = ("docker-compose", "docker-buildx")

# Since trixie runc is linked against a glibc newer than bookworm's, unlike everything else in the list.
RUNC_NEEDS_GLIBC = (2, 38)

SYSTEM_PROGRAMS = (
    Program(
        "iptables",
        "the test engine publishes ports with it",
        (Package("iptables"),),
        lambda: has_program("iptables"),
    ),
    Program(
        "ip",
        "the test engine gets a bridge of its own with it",
        (Package("iproute2"),),
        lambda: has_program("ip"),
    ),
)


def ensure_software(place: Place) -> None:
    """Have the engine's programs below `place.software`, and the two that only the system can give."""
    ensure(SYSTEM_PROGRAMS, say=announce)
    packages = tuple(f"{name}/{suite}" for name, suite in _suites(place.suite).items())
    digest = content_hash([], also=packages)
    stamp = place.software / "complete"
    with exclusive(place.cache / f"docker-{place.suite}.lock"):
        if is_stamped(stamp, digest=digest):
            return
        announce(f"unpacking a Docker engine into {place.software}: the tests use a private one, not the system's")
        shutil.rmtree(place.software, ignore_errors=True)
        place.software.mkdir(parents=True)
        unpack(packages, into=place.software)
        _link_plugins(place)
        write_stamp(stamp, digest=digest)


def _suites(suite: str) -> dict[str, str]:
    glibc = tuple(int(part) for part in os.confstr("CS_GNU_LIBC_VERSION").split()[1].split("."))  # type: ignore[union-attr]
    return {**dict.fromkeys(PACKAGES, suite), "runc": suite if glibc >= RUNC_NEEDS_GLIBC else "bookworm"}


def _link_plugins(place: Place) -> None:
    folder = place.cli_configuration / "cli-plugins"
    folder.mkdir(parents=True)
    for name in PLUGINS:
        found = next(path for path in place.software.rglob(name) if path.is_file())
        (folder / name).symlink_to(found)
