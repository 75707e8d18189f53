"""Ports of this host: is one free, and who holds it when it is not?"""

from __future__ import annotations

import errno
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
LISTENING = "0A"
"""State of a socket in /proc/net/tcp (include/net/tcp_states.h)."""


@dataclass(frozen=True)
class Holder:
    """The process that listens on a port."""

    pid: int
    name: str

    def __str__(self) -> str:
        return f"{self.name} (pid {self.pid})"


def obstacle(address: str, port: int) -> str:
    """Why nothing could listen on `address:port` now, in the system's words; "" when it is free."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # As servers do: connections that are only closing down do not hold a port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            return "in use" if error.errno == errno.EADDRINUSE else (error.strerror or str(error))
    return ""


def holder(port: int, *, proc: Path = PROC) -> Holder | None:
    """Who listens on `port`; None when nobody does, or the process is another user's and we are not root."""
    wanted = {f"socket:[{inode}]" for inode in listening_inodes(port, proc=proc)}
    for directory in proc.glob("[0-9]*") if wanted else ():
        if wanted & set(open_files(directory)):
            return Holder(int(directory.name), command(directory))
    return None


def listening_inodes(port: int, *, proc: Path = PROC) -> Iterator[str]:
    """Inodes of the sockets that listen on `port`, on any address, IPv4 or IPv6."""
    for table in ("net/tcp", "net/tcp6"):
        try:
            lines = (proc / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for fields in map(str.split, lines):
            if fields[3] == LISTENING and int(fields[1].rpartition(":")[2], 16) == port:
                yield fields[9]


def open_files(process: Path) -> Iterator[str]:
    """What the file descriptors of a process point at; nothing when it is gone or not ours to see."""
    try:
        for descriptor in (process / "fd").iterdir():
            yield str(descriptor.readlink())
    except OSError:
        return


def command(process: Path) -> str:
    """Name of a process, "?" when it is gone."""
    try:
        return (process / "comm").read_text().strip()
    except OSError:
        return "?"


def ancestors(pid: int, *, proc: Path = PROC) -> Iterator[int]:
    """`pid`, its parent, and so on up to 1."""
    while pid > 0:
        yield pid
        try:
            # The name in parentheses may itself hold spaces and parentheses.
            pid = int((proc / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return
