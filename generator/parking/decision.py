"""How many replicas should run: pure, from the rules of the plan and what was seen lately.

Waking is quick and follows the queue: requests that wait mean that the batches of the running replicas are full, so what
each of them serves is what a replica can do, and the requests there are, divided by that, are the replicas they need.
Parking is slow and follows the peak: of the last `idle_after` seconds the busiest moment must have been little for fewer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from generator.parking.load import Load
from generator.plan.model import Parking

_LOOKS = 2
"""Requests must wait at so many looks in a row: one between two batches is no queue."""


@dataclass(frozen=True)
class Look:
    """At `at`, in seconds of any clock, `awake` replicas had this load."""

    at: float
    awake: int
    load: Load


@dataclass(frozen=True)
class Verdict:
    """So many replicas should run, and why."""

    running: int
    why: str


@dataclass
class Memory:
    """What was seen since the number of running replicas last changed, and what a replica was seen to serve at most."""

    looks: deque[Look] = field(default_factory=deque)
    served: int = 0
    """Requests a replica had in its batch while others waited; the fewest ever seen, 0 while none ever did."""

    def add(self, look: Look, *, window: float) -> None:
        """Keeps what is needed to judge `window` seconds."""
        if self.looks and self.looks[-1].awake != look.awake:
            self.looks.clear()
        self.looks.append(look)
        while len(self.looks) > _LOOKS and self.looks[1].at <= look.at - window:
            self.looks.popleft()
        if look.load.waiting and look.load.running:
            each = _each(look)
            self.served = min(self.served, each) if self.served else each


def judge(rules: Parking, memory: Memory, *, replicas: int) -> Verdict | None:
    """None when all is as it should be. `replicas` is how many there are in all."""
    if not memory.looks:
        return None
    awake = memory.looks[-1].awake
    if awake < rules.keep:
        return Verdict(rules.keep, f"{rules.keep} always run")
    return _wake(rules, memory, replicas=replicas) or _park(rules, memory)


def _wake(rules: Parking, memory: Memory, *, replicas: int) -> Verdict | None:
    last = memory.looks[-1]
    if last.awake >= replicas or not _queues(list(memory.looks)[-_LOOKS:], least=rules.wake_queue):
        return None
    each = _each(last)
    needed = -(-last.load.open // each)
    why = f"{_count(last.load.waiting, 'request')} waiting, {each} at work in each of {_count(last.awake, 'replica')}"
    return Verdict(min(replicas, max(last.awake + 1, needed)), why)


def _queues(looks: Sequence[Look], *, least: int) -> bool:
    return len(looks) == _LOOKS and all(look.load.waiting >= least for look in looks)


def _park(rules: Parking, memory: Memory) -> Verdict | None:
    # Newest first. A replica that does not answer is no idle one.
    looks = list(takewhile(lambda look: not look.load.silent, reversed(memory.looks)))
    if not looks or looks[0].at - looks[-1].at < rules.idle_after:
        return None
    peak = max(look.load.open for look in looks)
    share = rules.requests_per_replica
    if memory.served:
        # Half of what once made others wait: or the next few requests would wake it again.
        share = min(share, max(1, memory.served // 2))
    needed = max(rules.keep, -(-peak // share))
    if needed >= looks[0].awake:
        return None
    return Verdict(needed, f"at most {_count(peak, 'request')} open for {rules.idle_after} s")


def _each(look: Look) -> int:
    """In the batch of each replica that answers."""
    return max(1, look.load.running // max(1, look.awake - len(look.load.silent)))


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
