"""The chat request of `up` must prove an answer, tell who gave it, and keep keys out of what is printed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from generator.errors import DeadlineError, StartError
from generator.plan.model import DeploymentPlan
from generator.runtime.smoke import chat, curl
from tests import stub_http
from tests.generator.runtime.counting_clock import Counted
from tests.generator.runtime.situations import plan_of

HELLO = (200, {"choices": [{"message": {"content": "hello"}}]})
Reply = tuple[int, object]


@contextmanager
def edge(*replies: Reply) -> Iterator[tuple[DeploymentPlan, list[dict[str, str]]]]:
    """An endpoint that gives these replies in turn, the last one for ever; what it was asked is kept."""
    queue, asked = list(replies), []

    def answer(request: stub_http.Request) -> stub_http.Reply:
        key = request.headers.get("authorization", "")
        asked.append({"path": request.path, "body": request.body, "key": key})
        status, reply = queue.pop(0) if len(queue) > 1 else queue[0]
        return stub_http.Reply(status, json.dumps(reply), {"X-Replica": "replica-1"})

    with stub_http.stub_server(answer) as address:
        yield plan_of(f"runtime: host\nport: {address.rpartition(':')[2]}"), asked


def test_it_asks_for_the_served_model_and_tells_who_answered(tmp_path: Path) -> None:
    with edge(HELLO) as (plan, asked):
        answer = chat(plan, directory=tmp_path)
    assert (answer.text, answer.replica) == ("hello", "replica-1")
    assert asked[0]["path"] == "/v1/chat/completions"
    assert json.loads(asked[0]["body"])["model"] == "simulated"
    assert asked[0]["key"] == ""


def test_thoughts_are_an_answer_too(tmp_path: Path) -> None:
    thinking = (200, {"choices": [{"message": {"content": None, "reasoning_content": "hmm"}}]})
    with edge(thinking) as (plan, _):
        assert chat(plan, directory=tmp_path).text == "hmm"


def test_a_replica_that_the_edge_still_holds_for_dead_is_asked_again(tmp_path: Path) -> None:
    with edge((502, {}), (503, {}), HELLO) as (plan, asked):
        assert chat(plan, directory=tmp_path, clock=Counted().clock()).text == "hello"
    assert len(asked) == 3


def test_an_edge_that_finds_nobody_is_not_asked_for_ever(tmp_path: Path) -> None:
    with edge((503, {})) as (plan, _), pytest.raises(DeadlineError, match="finds no replica that answers"):
        chat(plan, directory=tmp_path, clock=Counted().clock())


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ((400, {"message": "no such model"}), "answered 400 to a chat request: .*no such model"),
        ((200, {"choices": []}), "without any text"),
        ((200, {"choices": [{"message": "hello"}]}), "without any text"),
        ((200, {"choices": [{"message": {"content": ""}}]}), "without any text"),
        ((200, "not an object"), "without any text"),
    ],
)
def test_an_answer_without_text_is_a_failure(tmp_path: Path, reply: Reply, expected: str) -> None:
    with edge(reply) as (plan, _), pytest.raises(StartError, match=expected):
        chat(plan, directory=tmp_path)


def test_keys_are_sent_but_not_printed(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    key = tmp_path / "secrets/probe_key"
    key.write_text("s3cret")
    with edge(HELLO) as (bare, asked):
        plan = replace(bare, edge=replace(bare.edge, api_keys_file="secrets/api_keys"))
        chat(plan, directory=tmp_path)
        line = curl(plan, directory=tmp_path)
    assert asked[0]["key"] == "Bearer s3cret"
    assert "s3cret" not in line
    assert str(key) in line
