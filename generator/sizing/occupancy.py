"""GPUs that somebody else uses: how much is gone, and who it is."""

from __future__ import annotations

from generator.facts import Gpu
from generator.sizing.fit import GIB, usable
from generator.sizing.weights import WHOLE

# A desktop's GiB or two leave a GPU usable; what takes more is another's work.
BUSY_SHARE = 0.1


def taken_bytes(gpu: Gpu) -> int:
    """What others have of its memory. Own replicas are replaced by what is planned, so they don't count.

    Where no process can be seen, as from within a container, or the driver does not tell what another's has, what is
    missing from the free memory is others'.
    """
    others = sum(each.memory_bytes for each in gpu.processes if not each.own)
    own = [each.memory_bytes for each in gpu.processes if each.own]
    told = bool(gpu.processes) and all(each.memory_bytes for each in gpu.processes)
    if told or not all(own) or not gpu.free_bytes:
        return others
    return max(others, usable(gpu.memory_bytes, WHOLE) - gpu.free_bytes - GIB - sum(own))


def is_busy(gpu: Gpu) -> bool:
    """Whether it is left to those who use it."""
    return taken_bytes(gpu) > BUSY_SHARE * gpu.memory_bytes


def users(gpu: Gpu) -> str:
    """Who uses it, for a sentence."""
    others = [each for each in gpu.processes if not each.own]
    named = ", ".join(f"{each.name.rpartition('/')[2] or 'process'} (pid {each.pid})" for each in others)
    return f"{named or 'a process that can not be seen'}, {taken_bytes(gpu) / GIB:.1f} GiB"
