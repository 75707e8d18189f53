"""Whether the kernel believes its clock to be right.

A clock that is wrong by minutes makes Prometheus refuse or misplace samples; by months, it makes TLS to the
model hub and the registries fail with an error that does not mention the time.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Iterator
from typing import Literal

from generator.doctor.finding import Finding, Subject

STA_UNSYNC = 0x0040
"""Status bit of adjtimex(2): nothing disciplines the clock."""

TIMEX_BYTES = 256
"""More than `struct timex` has anywhere."""
STATUS_AT = 5 * struct.calcsize("l")
"""`status` follows modes (padded to a long), offset, freq, maxerror and esterror."""


ClockState = Literal["synchronised", "unsynchronised", "unknown"]

NEEDED = "synchronised by NTP"


def check_clock(_subject: Subject) -> Iterator[Finding]:
    """Asks the kernel, as `timedatectl` does: a container or a system without systemd has an answer too."""
    yield judge(read_clock())


def judge(state: ClockState) -> Finding:
    """An unsynchronised clock may still be right: a warning."""
    if state != "unsynchronised":
        return Finding("clock", "ok", state, NEEDED)
    remedy = "compare `date -u` with a watch; run chrony or systemd-timesyncd on the host"
    return Finding("clock", "warn", state, NEEDED, remedy)


def read_clock() -> ClockState:
    """adjtimex(2) with no modes set only reads, and needs no rights."""
    buffer = ctypes.create_string_buffer(TIMEX_BYTES)
    libc = ctypes.CDLL(None)
    if libc.adjtimex(buffer) == -1:
        # A container's seccomp profile may forbid the call.
        return "unknown"
    (status,) = struct.unpack_from("i", buffer, STATUS_AT)
    return "unsynchronised" if status & STA_UNSYNC else "synchronised"
