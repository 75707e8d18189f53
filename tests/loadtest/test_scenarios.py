"""Scenarios: sessions depend on number and seed only, and have the structure their names promise."""

from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path

import pytest

from loadtest.errors import ProfileError
from loadtest.profile import load, names
from loadtest.prompts.text import ESTIMATE
from loadtest.scenarios import build
from loadtest.scenarios.model import Scenario, Session
from loadtest.scenarios.trace import TraceSpec, make_trace, read_trace


def scenario(profile: str, *, seed: int = 0) -> Scenario:
    return build(load(profile, changes={}).scenario, words=ESTIMATE, seed=seed)


def words(text: str) -> int:
    return len(text.split())


@pytest.mark.parametrize("profile", names())
def test_a_number_and_a_seed_decide_a_session(profile: str) -> None:
    first, again, other = (scenario(profile, seed=seed) for seed in (1, 1, 2))
    assert first.session(5) == again.session(5)
    assert first.session(5).turns != other.session(5).turns


@pytest.mark.parametrize("profile", names())
def test_two_sessions_are_not_the_same(profile: str) -> None:
    found = scenario(profile)
    assert found.session(0).turns != found.session(1).turns


@pytest.mark.parametrize("profile", names())
def test_every_turn_says_something_and_asks_for_at_least_a_token(profile: str) -> None:
    for turn in scenario(profile).session(3).turns:
        assert turn.max_tokens >= 1
        assert turn.messages[-1].role == "user"
        assert all(message.content for message in turn.messages)


def systems(sessions: list[Session]) -> Counter[str]:
    return Counter(session.turns[0].messages[0].content for session in sessions)


def test_shared_prefixes_are_64_groups_of_16() -> None:
    for profile in ("shared-prefix", "shared-prefix-grouped"):
        found = scenario(profile)
        sessions = [found.session(number) for number in range(64 * 16)]
        assert set(systems(sessions).values()) == {16}
        assert len({session.turns[0].messages[1].content for session in sessions}) == 64 * 16
        assert words(sessions[0].turns[0].messages[0].content) == 2048


def test_grouped_prompts_follow_each_other_and_shuffled_ones_do_not() -> None:
    grouped, shuffled = (
        [found.session(number).turns[0].messages[0].content for number in range(200)]
        for found in (scenario("shared-prefix-grouped"), scenario("shared-prefix"))
    )
    assert sum(one == other for one, other in itertools.pairwise(grouped)) > 180
    assert sum(one == other for one, other in itertools.pairwise(shuffled)) < 20


def test_popularity_falls_as_zipf_says() -> None:
    found = scenario("shared-prefix-zipf")
    counts = [count for _, count in systems([found.session(n) for n in range(4000)]).most_common(2)]
    assert counts[0] / counts[1] == pytest.approx(2, rel=0.2)


def test_a_conversation_keeps_answers_and_says_the_system_text_once() -> None:
    session = scenario("multi-turn").session(4)
    assert session.answers == "kept"
    assert [len(turn.messages) for turn in session.turns] == [2, 1, 1, 1, 1]
    assert session.turns[0].think == 0
    assert all(turn.think > 0 for turn in session.turns[1:])


def test_a_third_of_the_cancel_mix_hangs_up() -> None:
    found = scenario("cancel")
    moments = [found.session(number).turns[0].cancel_after for number in range(2000)]
    cancelled = [moment for moment in moments if moment is not None]
    assert len(cancelled) == pytest.approx(660, rel=0.1)
    assert min(cancelled) >= 0.2
    assert max(cancelled) <= 2.0


def test_a_mix_has_its_parts_by_weight() -> None:
    found = scenario("mixed")
    classes = Counter(found.session(number).turns[0].request_class for number in range(2000))
    assert set(classes) == {"chat", "batch"}
    assert classes["chat"] / classes["batch"] == pytest.approx(4, rel=0.15)


def test_json_answers_ask_for_a_schema_and_may_end() -> None:
    extra = scenario("json-schema").session(0).turns[0].extra
    assert extra["response_format"]["type"] == "json_schema"
    assert extra["ignore_eos"] is False


TRACE = """
{"timestamp": 0, "input_length": 1100, "output_length": 30, "hash_ids": [0, 1, 2]}
{"timestamp": 2500, "input_length": 700, "output_length": 5, "hash_ids": [0, 7]}
"""


def test_a_trace_is_replayed_at_its_times_with_its_shared_blocks(tmp_path: Path) -> None:
    file = tmp_path / "trace.jsonl"
    file.write_text(TRACE)
    spec = TraceSpec(kind="trace", file=str(file), slowdown=2)
    replay = build(spec, words=ESTIMATE, seed=0)
    assert replay.arrivals == (0.0, 5.0)
    first, second = (replay.session(number).turns[0] for number in (0, 1))
    one, other = first.messages[0].content.split(), second.messages[0].content.split()
    assert (len(one), len(other)) == (1100, 700)
    assert (first.max_tokens, second.max_tokens) == (30, 5)
    assert one[:512] == other[:512]
    assert one[512:700] != other[512:]


def test_a_broken_trace_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "trace.jsonl"
    file.write_text(TRACE + '{"timestamp": 1}\n')
    with pytest.raises(ProfileError, match=r"trace\.jsonl:4"):
        read_trace(file)


def test_a_made_trace_has_its_rate_and_shares_prefixes() -> None:
    spec = TraceSpec(kind="trace")
    entries = make_trace(spec, seed=1)
    assert len(entries) == spec.made.requests
    assert entries[-1].time == pytest.approx(spec.made.requests / spec.made.rate, rel=0.15)
    blocks = Counter(block for entry in entries for block in entry.blocks)
    assert sum(count > 1 for count in blocks.values()) > spec.made.roots
