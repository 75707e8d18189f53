"""Where the private engine's things are: what is dear in the test cache, sockets and process state below /run."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from tests.cache import cache_root

# Debian stable: engine 26.1.5 and Compose 2.26.1. It has what the kit asks for (engine 25 for `start_interval`,
# Compose 2.24 for `!reset`), does not move under the tests as testing's does, and is nearer to the oldest
# versions the kit supports. `SGLBOX_TEST_DOCKER_SUITE=forky` runs the same tests on testing's.
DEFAULT_SUITE = "trixie"


@dataclass(frozen=True)
class Place:
    """Paths of one engine; two checkouts with one cache share it."""

    suite: str
    cache: Path
    run: Path
    bridge: str

    @property
    def software(self) -> Path:
        """Unpacked packages of the engine, as the root of a file system."""
        return self.cache / f"docker-{self.suite}"

    @property
    def data(self) -> Path:
        """Images, volumes and build cache; kept from one run to the next."""
        return self.cache / f"docker-{self.suite}-data"

    @property
    def cli_configuration(self) -> Path:
        """The client's configuration with its plugins, so that `~/.docker` is left alone."""
        return self.software / "cli"

    @property
    def socket(self) -> Path:
        """Where the engine listens."""
        return self.run / "docker.sock"

    @property
    def pid_file(self) -> Path:
        """Written and removed by the engine itself."""
        return self.run / "dockerd.pid"

    @property
    def log(self) -> Path:
        """What the engine said since it was started."""
        return self.cache / f"docker-{self.suite}.log"

    @property
    def runtime(self) -> Path:
        """The OCI runtime wrapper with its settings, copied here when the engine starts."""
        return self.run / "runtime"

    @property
    def runtime_log(self) -> Path:
        """One JSON line for each container: what it asked for, what it got."""
        return self.run / "runtime.jsonl"

    def binary(self, name: str) -> Path:
        """A program of the unpacked packages."""
        found = (self.software / folder / name for folder in ("usr/sbin", "usr/bin"))
        return next(path for path in found if path.is_file())


def engine_place() -> Place:
    """The place that this process's environment and cache decide on."""
    suite, cache = os.environ.get("SGLBOX_TEST_DOCKER_SUITE", DEFAULT_SUITE), cache_root()
    # A socket's path is at most 107 bytes long and a bridge's name 15, so neither can hold the cache's own path.
    key = hashlib.sha256(f"{cache}\0{suite}".encode()).hexdigest()[:8]
    return Place(suite=suite, cache=cache, run=Path(f"/run/sglbox-tests-{key}"), bridge=f"sglbox{key}")
