"""Batching on virtual time: instants equal the formula, memory balances, nobody is forgotten."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.limits import Limits, Policy
from simulator.scheduler import Scheduler
from simulator.sequence import Sequence
from tests.simulator.timeline import TIMES, Recorder, play, request

ROOMY = Limits(kv_tokens=10_000, context_length=4096)


def scheduler(limits: Limits = ROOMY) -> Scheduler:
    return Scheduler(limits, times=TIMES)


def test_one_request_takes_one_prefill_and_then_a_decode_step_a_token() -> None:
    sequence = request(tuple(range(50)), tokens=4)
    instants = play(scheduler(), [sequence])[sequence.rid]
    expected = [0.001 + 50 * 0.0001]
    for context in (50, 51, 52):
        expected.append(expected[-1] + 0.010 + 0.001 + context * 0.00001)
    assert instants == pytest.approx(expected, abs=1e-12)
    assert sequence.first_token == instants[0]


def test_a_batch_shares_its_steps() -> None:
    one, two = request(tuple(range(10)), tokens=3), request(tuple(range(100, 130)), tokens=3)
    instants = play(scheduler(), [one, two])
    assert instants[one.rid] == instants[two.rid]
    gap = instants[one.rid][1] - instants[one.rid][0]
    assert gap == pytest.approx(0.010 + 2 * 0.001 + (10 + 30) * 0.00001)


def test_a_newcomers_prefill_delays_who_is_decoding() -> None:
    first = request(tuple(range(10)), tokens=10)
    late = request(tuple(range(1000, 2000)), tokens=1, at=0.03)
    instants = play(scheduler(), [first, late])
    gaps = [b - a for a, b in zip(instants[first.rid], instants[first.rid][1:], strict=False)]
    prefill = 0.001 + 1000 * 0.0001
    assert max(gaps) == pytest.approx(prefill + min(gaps), abs=0.001)


def test_a_long_prompt_is_computed_in_chunks() -> None:
    limits = Limits(kv_tokens=10_000, context_length=4096, chunked_prefill=100)
    sequence = request(tuple(range(250)), tokens=1)
    instants = play(scheduler(limits), [sequence])
    assert instants[sequence.rid] == pytest.approx([3 * 0.001 + 250 * 0.0001])


def test_a_repeated_prompt_is_cached_but_for_its_last_token() -> None:
    prompt = tuple(range(42))
    one, two = request(prompt), request(prompt, at=1.0)
    engine = scheduler()
    instants = play(engine, [one, two])
    assert (one.cached_tokens, two.cached_tokens) == (0, 41)
    assert instants[two.rid][0] == pytest.approx(1.0 + 0.001 + 0.0001)
    assert (engine.ledger.prefill_computed, engine.ledger.prefill_cached) == (43, 41)


def test_pages_are_reused_whole() -> None:
    prompt = tuple(range(42))
    one, two = request(prompt), request(prompt, at=1.0)
    play(scheduler(Limits(kv_tokens=10_000, context_length=4096, page_size=16)), [one, two])
    assert two.cached_tokens == 32


def test_the_next_turn_finds_the_answer_in_the_cache() -> None:
    one = request(tuple(range(20)), tokens=6)
    engine = scheduler()
    play(engine, [one])
    following = request((*one.context, 7, 8, 9))
    play(engine, [following])
    assert following.cached_tokens == 20 + 5  # the last token was said, and never computed


def test_old_prompts_are_evicted_when_memory_is_short() -> None:
    engine = scheduler(Limits(kv_tokens=100, context_length=100))
    prompts = [tuple(range(1000 * number, 1000 * number + 40)) for number in range(3)]
    play(engine, [request(prompt, tokens=2, at=float(at)) for at, prompt in enumerate(prompts)])
    again = request(prompts[0], tokens=2)
    play(engine, [again])
    assert again.cached_tokens == 0
    assert engine.pool.evicted > 0


def test_the_queue_refuses_what_exceeds_its_limit() -> None:
    engine = scheduler(Limits(kv_tokens=10_000, context_length=4096, max_queued=2))
    verdicts = [engine.submit(request((1, 2, 3))) for _ in range(3)]
    assert verdicts == ["queued", "queued", "refused"]


def test_a_waiting_request_that_is_aborted_makes_room_in_the_queue() -> None:
    engine = scheduler(Limits(kv_tokens=10_000, context_length=4096, max_queued=1))
    first = request((1, 2, 3))
    assert [engine.submit(first), engine.submit(request((4, 5)))] == ["queued", "refused"]
    engine.abort(first)
    assert engine.submit(request((4, 5))) == "queued"


def test_the_batch_is_bounded() -> None:
    engine = scheduler(Limits(kv_tokens=10_000, context_length=4096, max_running=2))
    for number in range(5):
        engine.submit(request((number, 1), tokens=9))
    step = engine.next_step(now=0.0)
    assert step is not None
    engine.complete(step, now=0.1)
    assert (len(engine.running), len(engine.waiting)) == (2, 3)


@pytest.mark.parametrize(("policy", "first"), [("fcfs", "unknown"), ("lpm", "known")])
def test_the_policy_orders_the_queue(policy: Policy, first: str) -> None:
    engine = scheduler(Limits(kv_tokens=10_000, context_length=4096, max_running=1, policy=policy))
    play(engine, [request(tuple(range(30)), tokens=1)])
    waiting = {"unknown": request(tuple(range(500, 530))), "known": request(tuple(range(29)))}
    instants = play(engine, list(waiting.values()))
    assert min(waiting, key=lambda name: instants[waiting[name].rid][0]) == first


def test_an_aborted_request_gives_its_memory_back() -> None:
    engine, sequence = scheduler(), request(tuple(range(50)), tokens=100)
    engine.submit(sequence)
    for now in range(3):
        step = engine.next_step(now=now)
        assert step is not None
        engine.complete(step, now=now)
    engine.abort(sequence)
    assert engine.next_step(now=4.0) is None
    assert (engine.load, engine.pool.held, engine.cache.locked) == (0, 0, 0)
    assert len(sequence.output) == 3


@pytest.mark.parametrize("tokens", [10, 300])
def test_a_request_aborted_during_its_prefill_gives_its_memory_back(tokens: int) -> None:
    engine = scheduler(Limits(kv_tokens=10_000, context_length=4096, chunked_prefill=100))
    sequence = request(tuple(range(tokens)))
    engine.submit(sequence)
    step = engine.next_step(now=0.0)
    assert step is not None
    engine.abort(sequence)
    assert engine.complete(step, now=1.0) == []
    assert engine.next_step(now=1.0) is None
    assert (engine.load, engine.pool.held, engine.cache.locked) == (0, 0, 0)


def test_the_cache_is_flushed_only_when_idle() -> None:
    engine, sequence = scheduler(), request((1, 2, 3), tokens=1)
    engine.submit(sequence)
    assert engine.flush() == "busy"
    step = engine.next_step(now=0.0)
    assert step is not None
    engine.complete(step, now=1.0)
    assert engine.cache.size > 0
    assert (engine.flush(), engine.cache.size) == ("flushed", 0)


@st.composite
def crowds(draw: st.DrawFn) -> tuple[Limits, list[Sequence]]:
    limits = Limits(
        kv_tokens=draw(st.integers(128, 400)),
        context_length=128,
        page_size=draw(st.sampled_from((1, 4, 16))),
        max_running=draw(st.integers(1, 12)),
        chunked_prefill=draw(st.sampled_from((16, 64, 1000))),
        policy=draw(st.sampled_from(("fcfs", "lpm"))),
    )
    shapes = st.tuples(st.integers(1, 60), st.integers(1, 40), st.integers(0, 3), st.floats(0, 0.5))
    return limits, [
        request(tuple(range(family, family + length)), tokens=tokens, at=at)
        for length, tokens, family, at in draw(st.lists(shapes, min_size=1, max_size=25))
    ]


@given(crowds())
@settings(max_examples=150)
def test_everybody_is_served_in_full_and_all_memory_comes_back(crowd: tuple[Limits, list[Sequence]]) -> None:
    limits, arrivals = crowd
    engine = scheduler(limits)
    instants = play(engine, arrivals)
    for sequence in arrivals:
        assert len(instants[sequence.rid]) == len(sequence.output) == sequence.script.length
        assert isinstance(sequence.sink, Recorder)
    assert (engine.load, engine.pool.held, engine.cache.locked) == (0, 0, 0)
    assert engine.cache.size <= engine.pool.capacity
