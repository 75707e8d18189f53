"""Drive a scheduler on virtual time and record when each sequence got its tokens."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count

from simulator.model import Sampling, compose
from simulator.scheduler import Scheduler, Step
from simulator.sequence import Sequence
from simulator.timing import StepTimes

TIMES = StepTimes(
    prefill_base=0.001,
    prefill_per_token=0.0001,
    decode_base=0.010,
    decode_per_sequence=0.001,
    decode_per_context_token=0.00001,
)


@dataclass
class Recorder:
    """A sink that forgets nothing."""

    calls: list[Sequence] = field(default_factory=list)

    def advanced(self, sequence: Sequence) -> None:
        self.calls.append(sequence)


_numbers = count()


def request(prompt: tuple[int, ...], *, tokens: int = 4, at: float = 0.0) -> Sequence:
    """A sequence that wants exactly `tokens` tokens."""
    script = compose(prompt, sampling=Sampling(limit=tokens), seed=0, mean_length=100)
    return Sequence(f"r{next(_numbers)}", prompt, script, at, Recorder())


def play(scheduler: Scheduler, arrivals: list[Sequence], *, limit: int = 100_000) -> dict[str, list[float]]:
    """Run until nothing is left; returns the instants of each sequence's tokens by its rid."""
    now, pending = 0.0, sorted(arrivals, key=lambda each: each.arrived)
    instants: dict[str, list[float]] = {each.rid: [] for each in arrivals}
    for _ in range(limit):
        while pending and pending[0].arrived <= now:
            scheduler.submit(pending.pop(0))
        step = scheduler.next_step(now=now)
        if step is None:
            if not pending:
                return instants
            now = pending[0].arrived
            continue
        now += step.seconds
        _record(scheduler, step, now=now, instants=instants)
    raise AssertionError(f"not finished after {limit} steps: {scheduler.load} sequences left")


def _record(scheduler: Scheduler, step: Step, *, now: float, instants: dict[str, list[float]]) -> None:
    assert scheduler.cache.size + scheduler.pool.held <= scheduler.pool.capacity
    for sequence in scheduler.complete(step, now=now):
        instants[sequence.rid].append(now)
