"""Conversations stay where they are, in both generations of NGINX; the log says why a request went where it did."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from tests.edge.bodies import chat
from tests.edge.conftest import StartEdge
from tests.edge.placing import CHAT, ask
from tests.edge.running import Edge, eventually
from tests.edge.stub_engine import EngineRoom


def logged(edge: Edge, **what: str) -> list[dict[str, Any]]:
    """Entries of the access log with these values."""
    entries = [json.loads(line) for line in edge.log().splitlines() if line.startswith("{")]
    return [entry for entry in entries if all(entry[name] == value for name, value in what.items())]


def test_the_turns_of_a_conversation_meet_the_same_replica(
    engines: EngineRoom, start_edge: StartEdge
) -> None:
    edge = start_edge(engines)
    for topic in ("rivers", "forest", "cities"):
        assert len({ask(edge, chat(turn, topic=topic)) for turn in range(1, 6)}) == 1


def test_a_session_stays_whatever_its_requests_say(engines: EngineRoom, start_edge: StartEdge) -> None:
    edge = start_edge(engines)
    for name in ("X-Session-Id", "X-SMG-Routing-Key"):
        answers = {
            ask(edge, chat(1, topic=f"t{turn}", tenant=f"{turn}"), **{name: name}) for turn in range(6)
        }
        assert len(answers) == 1


def test_conversations_without_anything_in_common_use_all_replicas(
    engines: EngineRoom, start_edge: StartEdge
) -> None:
    edge = start_edge(engines)
    answers = Counter(ask(edge, chat(1, topic=f"t{number}", tenant=f"{number}")) for number in range(40))
    assert set(answers) == {"replica-0", "replica-1"}


def test_the_log_says_by_which_key_and_whether_it_was_a_hit(
    engines: EngineRoom, start_edge: StartEdge
) -> None:
    edge = start_edge(engines)
    for turn in (1, 2):
        ask(edge, chat(turn))
    ask(edge, chat(1, topic="forest"))
    ask(edge, {"messages": []})

    def seen() -> list[tuple[str, str]]:
        # Each worker writes its lines when it has a few, or a second later.
        return sorted((entry["routing_key"], entry["affinity"]) for entry in logged(edge, path=CHAT))

    if edge.plan.edge.upstream.placing == "hash":
        expected = [("conversation", ""), ("conversation", ""), ("conversation", ""), ("none", "")]
    else:
        expected = [("conversation", "hit"), ("none", "miss"), ("system", "hit"), ("system", "miss")]
    eventually(lambda: seen() == expected, what=lambda: str(seen()))
