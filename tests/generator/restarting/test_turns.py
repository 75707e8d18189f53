"""Who is restarted together, and whether the edge can do without."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from generator.errors import StateError
from generator.restarting.turns import Turn, turns
from tests.golden.cases import CASES

PLANS = {case.name: case.plan() for case in CASES if case.name in (
    "two-replicas", "single-gpu", "sglang-router", "sglang-disaggregated-default", "two-nodes", "dynamo",
)}  # fmt: skip


def told(plan: str, *names: str) -> list[tuple[tuple[str, ...], bool]]:
    return [(turn.names, turn.spared) for turn in turns(PLANS[plan], names)]


def test_replicas_take_turns_and_the_edge_spares_each() -> None:
    assert told("two-replicas") == [(("replica-0",), True), (("replica-1",), True)]


def test_the_only_one_can_not_be_spared() -> None:
    assert told("single-gpu") == [(("replica-0",), False)]
    plan = replace(PLANS["two-replicas"], parked=("replica-1",))
    assert turns(plan, ()) == (Turn(("replica-0",), spared=False),)


def test_behind_a_router_the_edge_spares_none() -> None:
    assert {spared for _, spared in told("sglang-router")} == {False}


@pytest.mark.parametrize("names", [(), ("prefill-0",), ("decode-0",), ("decode-0", "prefill-0")])
def test_prefill_and_decode_are_one_unit(names: Sequence[str]) -> None:
    assert told("sglang-disaggregated-default", *names) == [(("prefill-0", "decode-0"), False)]


def test_any_service_can_be_named_and_they_come_in_the_order_of_status() -> None:
    assert told("two-replicas", "prometheus", "replica-1") == [
        (("replica-1",), True),
        (("prometheus",), False),
    ]


def test_what_is_not_there_or_parked_is_refused() -> None:
    plan = replace(PLANS["two-replicas"], parked=("replica-1",))
    with pytest.raises(StateError, match="runs is called replica-1, nobody") as raised:
        turns(plan, ("replica-1", "nobody"))
    assert raised.value.hint.startswith("there are replica-0, edge")


def test_hosts_that_serve_one_model_are_not_restarted_in_parts() -> None:
    with pytest.raises(StateError, match="takes all the hosts"):
        turns(PLANS["two-nodes"], ())
