"""When bytes arrived, as the kernel saw it.

The kernel can stamp incoming data (SO_TIMESTAMPNS). With that a chunk's time does not depend on how busy the load
generator is; without it (TLS, a kernel that does not) the moment of the read is taken. Stamps are wall clock;
all else here is `perf_counter`, so the distance of the two clocks is measured when a connection starts an exchange.
"""

from __future__ import annotations

import struct
import time
from typing import Final

SO_TIMESTAMPNS: Final = 35
"""asm-generic/socket.h; the `socket` module has no name for it."""

ANCILLARY_BYTES: Final = 64
_TIMESPEC: Final = struct.Struct("qq")


def clock_distance() -> float:
    """Seconds to add to a wall-clock time to get `perf_counter`'s."""
    return time.perf_counter() - time.time()


def arrival(ancillary: list[tuple[int, int, bytes]], *, distance: float, sent: float) -> float:
    """The moment of arrival in `perf_counter` seconds: the kernel's stamp where there is a credible one.

    A stamp outside of [sent, now] comes from a wall clock that was set meanwhile.
    """
    now = time.perf_counter()
    for _, kind, data in ancillary:
        if kind == SO_TIMESTAMPNS and len(data) == _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack(data)
            stamp: float = (seconds + distance) + nanoseconds * 1e-9
            return stamp if sent <= stamp <= now else now
    return now
