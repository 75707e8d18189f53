"""Starting and ending the programs that are compared, and what the kernel says they cost."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

TICKS = os.sysconf("SC_CLK_TCK")
LOGS = Path("build/bench/logs")
START_SECONDS = 60.0


@dataclass(frozen=True)
class Server:
    """Something that listens on a port of loopback; `pid` is the root of its process tree."""

    port: int
    pid: int

    @property
    def url(self) -> str:
        """Where clients go."""
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def started(
    name: str, argv: Sequence[str], *, port: int, environment: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """The program, once it listens on `port`; its output in build/bench/logs. Ended whatever happens."""
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            argv,
            stdout=out,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **(environment or {})},
        )
    try:
        wait_for_port(port, process, log=log)
        yield Server(port, process.pid)
    finally:
        end(process)


def end(process: subprocess.Popen[bytes]) -> None:
    """TERM, and KILL for what does not listen to it."""
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def wait_for_port(port: int, process: subprocess.Popen[bytes], *, log: Path) -> None:
    """Raises RuntimeError when the program ends first, or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not listens(port):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"nothing listens on {port}, see {log}")
        time.sleep(0.05)


def wait_for_answer(url: str) -> None:
    """Until `url` says 200. Raises RuntimeError when that takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            if httpx.get(url, trust_env=False, timeout=5).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        if time.monotonic() > deadline:
            raise RuntimeError(f"{url} does not say 200")
        time.sleep(0.1)


def listens(port: int) -> bool:
    """Whether a connection is taken."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def free_ports(count: int) -> list[int]:
    """Consecutive ports that are free now, below the range of outgoing connections."""
    for first in range(21000 + os.getpid() % 1000 * 7, 32000, count + 1):
        ports = list(range(first, first + count))
        if all(_is_free(port) for port in ports):
            return ports
    raise RuntimeError(f"no {count} consecutive ports are free")


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def tree(root: int) -> list[int]:
    """Process ids of `root` and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, open_ = [], [root]
    while open_:
        pid = open_.pop()
        found.append(pid)
        open_ += parents.get(pid, [])
    return found


def cpu_seconds(root: int) -> float:
    """User and system time of the tree so far, without processes that have ended."""
    fields = filter(None, map(_stat, tree(root)))
    return sum(int(stat[11]) + int(stat[12]) for stat in fields) / TICKS


def memory_bytes(root: int) -> int:
    """Memory of the tree, what several processes share counted once (PSS)."""
    total = 0
    for pid in tree(root):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total


def _stat(pid: int) -> list[str] | None:
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return None
