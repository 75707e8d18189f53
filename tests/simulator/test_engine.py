"""Pacing on virtual time: exact instants, a pause, a slower machine, a host that cannot keep up."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from simulator.engine import TOLERATED_LAG_SECONDS, Engine
from simulator.limits import Limits
from simulator.model import Sampling, compose
from simulator.scheduler import Scheduler
from simulator.sequence import Sequence
from tests.simulator.timeline import TIMES

STEP = TIMES.decode(sequences=1, context_tokens=10)


class VirtualClock:
    """Jumps to whatever instant is waited for; `late` is how long the host oversleeps each time."""

    def __init__(self) -> None:
        self.instant = 0.0
        self.late = 0.0

    def now(self) -> float:
        return self.instant

    async def sleep_until(self, instant: float) -> None:
        await asyncio.sleep(0)
        self.instant = max(self.instant, instant) + self.late


class Listener:
    """Notes the instants of the tokens, and wakes who waits for the end."""

    def __init__(self) -> None:
        self.instants: list[float] = []
        self.ended = asyncio.get_running_loop().create_future()

    def advanced(self, sequence: Sequence) -> None:
        if sequence.last_token is not None and sequence.output:
            self.instants.append(sequence.last_token)
        if sequence.finish is not None and not self.ended.done():
            self.ended.set_result(sequence.finish.kind)


Story = Callable[[Engine, VirtualClock], Awaitable[None]]


def play(story: Story) -> None:
    async def all_of_it() -> None:
        clock = VirtualClock()
        engine = Engine(Scheduler(Limits(kv_tokens=1000, context_length=500), times=TIMES), clock)
        running = asyncio.create_task(engine.run())
        try:
            await asyncio.wait_for(story(engine, clock), timeout=20)
        finally:
            running.cancel()

    asyncio.run(all_of_it())


def request(engine: Engine, *, tokens: int = 5, prompt: tuple[int, ...] = tuple(range(10))) -> Sequence:
    script = compose(prompt, sampling=Sampling(limit=tokens), seed=0, mean_length=10)
    sequence = Sequence("r", prompt, script, engine.clock.now(), Listener())
    engine.submit(sequence)
    return sequence


def listener(sequence: Sequence) -> Listener:
    assert isinstance(sequence.sink, Listener)
    return sequence.sink


def test_tokens_come_at_the_instants_of_the_formula() -> None:
    async def story(engine: Engine, clock: VirtualClock) -> None:
        await asyncio.sleep(0)
        clock.instant = 7.0
        sequence = request(engine)
        assert await listener(sequence).ended == "length"
        first = 7.0 + TIMES.prefill(new_tokens=10)
        gaps = [TIMES.decode(sequences=1, context_tokens=length) for length in (10, 11, 12, 13)]
        expected = [first + sum(gaps[:number]) for number in range(5)]
        assert listener(sequence).instants == pytest.approx(expected, abs=1e-12)

    play(story)


def test_oversleeping_does_not_add_up() -> None:
    async def story(engine: Engine, clock: VirtualClock) -> None:
        clock.late = STEP / 20
        sequence = request(engine, tokens=100)
        await listener(sequence).ended
        first, last = listener(sequence).instants[0], listener(sequence).instants[-1]
        scheduled = sum(TIMES.decode(sequences=1, context_tokens=10 + number) for number in range(99))
        assert last - first == pytest.approx(scheduled, abs=1e-9)
        assert engine.worst_lag == pytest.approx(clock.late)

    play(story)


def test_a_host_that_cannot_keep_up_is_a_slower_engine() -> None:
    async def story(engine: Engine, clock: VirtualClock) -> None:
        clock.late = TOLERATED_LAG_SECONDS * 2
        sequence = request(engine, tokens=10)
        await listener(sequence).ended
        assert listener(sequence).instants[-1] - listener(sequence).instants[0] > 8 * clock.late

    play(story)


def test_a_stalled_engine_takes_requests_and_goes_on_later() -> None:
    async def story(engine: Engine, clock: VirtualClock) -> None:
        engine.set_condition("stalled")
        sequence = request(engine)
        for _ in range(50):
            await asyncio.sleep(0)
        assert (listener(sequence).instants, engine.scheduler.load) == ([], 1)
        engine.set_condition("well")
        assert await listener(sequence).ended == "length"

    play(story)


def test_a_slowdown_stretches_every_step() -> None:
    async def story(engine: Engine, clock: VirtualClock) -> None:
        engine.slowdown = 3.0
        sequence = request(engine, tokens=2)
        await listener(sequence).ended
        first, second = listener(sequence).instants
        assert second - first == pytest.approx(3 * STEP)

    play(story)


def test_an_abort_is_heard_at_once() -> None:
    async def story(engine: Engine, clock: VirtualClock) -> None:
        engine.set_condition("stalled")
        sequence = request(engine)
        engine.abort(sequence)
        assert await listener(sequence).ended == "abort"
        engine.set_condition("well")
        after = request(engine)
        assert await listener(after).ended == "length"
        assert (engine.scheduler.pool.held, engine.scheduler.cache.locked) == (0, 0)

    play(story)
