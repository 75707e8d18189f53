"""Where one test engine lives: its directories, its socket and its bridge."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from tests.docker.debian import run


@dataclass(frozen=True)
class Place:
    """Where one engine lives: `state` outlives it, `volatile` has the short paths that sockets need."""

    state: Path
    volatile: Path
    bridge: str
    subnet: str

    @property
    def socket(self) -> Path:
        return self.volatile / "docker.sock"

    @property
    def pid_file(self) -> Path:
        return self.state / "docker.pid"

    @property
    def users_lock(self) -> Path:
        """Held, shared, by every test run that uses the engine."""
        return self.state / "users.lock"

    @property
    def start_lock(self) -> Path:
        """Held by whoever starts or ends the engine."""
        return self.state / "start.lock"

    @property
    def log(self) -> Path:
        return self.state / "dockerd.log"

    def raise_bridge(self) -> None:
        """Make the bridge of the engine's default network: `docker0` may be another engine's."""
        run("ip", "link", "add", self.bridge, "type", "bridge")
        run("ip", "address", "add", self.subnet, "dev", self.bridge)
        run("ip", "link", "set", self.bridge, "up")

    def lower_bridge(self) -> None:
        """Remove the bridge, if it is there."""
        if (Path("/sys/class/net") / self.bridge).exists():
            run("ip", "link", "delete", self.bridge)


def place_of(cache: Path) -> Place:
    """One engine per cache directory, told apart by its file: two containers may have equal paths and one network."""
    file = cache.stat()
    digest = hashlib.sha256(f"{file.st_dev}:{file.st_ino}".encode()).hexdigest()
    return Place(
        state=cache / "docker-engine",
        volatile=Path("/run") / f"sglbox-tests-{digest[:8]}",
        bridge=f"sglbox-{digest[:8]}",
        subnet=f"172.30.{int(digest[:2], 16)}.1/24",
    )
