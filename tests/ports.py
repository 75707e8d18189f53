"""Ports for the servers of tests: free now, and not the next test process's choice either."""

from __future__ import annotations

import os
import secrets
from typing import Final

from generator.host.ports import obstacle

FIRST: Final = 11000
SHARE: Final = 5000
"""Ports of one test process. Four shares end below 32768: above that the kernel takes ports for outgoing
connections, also between look and use."""
SHARES: Final = 4


def free_ports(number: int) -> list[int]:
    """A run of that many consecutive ports on loopback that nobody uses."""
    first = FIRST + SHARE * (_worker() % SHARES)
    while True:
        begin = first + secrets.randbelow(SHARE - number)
        ports = list(range(begin, begin + number))
        if not any(obstacle("127.0.0.1", port) for port in ports):
            return ports


def free_port() -> int:
    """One port on loopback that nobody uses."""
    return free_ports(1)[0]


def _worker() -> int:
    """This process's number among those that pytest-xdist runs tests in: `gw2` is 2."""
    return int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
