"""What replicas say of their load, and what counts as no answer."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

import pytest

from generator.facts import DockerFacts, HostFacts
from generator.parking.load import Load, read_load
from generator.plan.model import Replica
from generator.planner import plan_deployment
from generator.spec import load_spec_text
from tests.stub_http import Reply, Request, stub_server


def at(*places: str) -> list[Replica]:
    spec = load_spec_text(f"engine: simulator\nreplicas: {len(places)}", source="").spec
    made = plan_deployment(spec, HostFacts(docker=DockerFacts((28,)))).replicas
    return [
        replace(each, address=place.partition(":")[0], port=int(place.partition(":")[2]))
        for each, place in zip(made, places, strict=True)
    ]


def rank(running: int, waiting: int) -> dict[str, int]:
    """As SGLang 0.5.23 has it, among other fields."""
    return {"dp_rank": 0, "num_running_reqs": running, "num_waiting_reqs": waiting}


def replies(*bodies: object, status: int = 200) -> Load:
    with ExitStack() as stack:
        places = [stack.enter_context(stub_server(_says(body, status))) for body in bodies]
        return read_load(at(*places))


def _says(body: object, status: int) -> Callable[[Request], Reply]:
    def answer(request: Request) -> Reply:
        assert request.path == "/v1/loads?include=core"
        return Reply(status, body)

    return answer


def test_the_load_is_the_sum_over_replicas_and_ranks() -> None:
    load = replies({"loads": [rank(3, 0), rank(4, 1)]}, {"loads": [rank(1, 2)]})
    assert load == Load(running=8, waiting=3)
    assert load.open == 11


@pytest.mark.parametrize("body", ["no JSON", {}, {"loads": [{}]}, {"loads": None}, []])
def test_an_answer_that_says_nothing_is_none(body: object) -> None:
    assert replies({"loads": [rank(1, 0)]}, body) == Load(1, 0, silent=("replica-1",))


def test_an_error_is_no_answer() -> None:
    assert replies({"loads": [rank(1, 0)]}, status=503) == Load(0, 0, silent=("replica-0",))


def test_nobody_there_is_no_answer() -> None:
    assert read_load(at("127.0.0.1:1")) == Load(0, 0, silent=("replica-0",))
