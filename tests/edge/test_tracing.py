"""A client's trace goes on in the engine, and the log says which one it is."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import httpx
import pytest

from generator.plan.serial import plan_from_json
from generator.render import RenderedTree, render
from tests.edge.conftest import Standing, StartEdge
from tests.edge.running import Edge, eventually
from tests.edge.stub_engine import EngineRoom

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
CONTEXT = f"00-{TRACE}-00f067aa0ba902b7-01"


def traced(tree: RenderedTree) -> RenderedTree:
    """As under Compose with `monitoring: {tracing: true}`."""
    plan = plan_from_json(tree["plan.json"], source="plan.json")
    return render(replace(plan, edge=replace(plan.edge, trace_context="made")))


def arrived(edge: Edge, room: EngineRoom, **headers: str) -> tuple[str | None, Any]:
    """The `traceparent` that the engine got, and the request's line of the log."""
    answer = httpx.post(f"{edge.url}/v1/completions", json={}, headers=headers, trust_env=False)
    assert answer.status_code == 200
    own = answer.headers["X-Request-Id"]
    (arrival,) = (each for engine in room.engines for each in engine.arrivals if each.request_id == own)
    eventually(lambda: bool(logged(edge, own)), what="the request is not in the log")
    return arrival.headers.get("traceparent"), logged(edge, own)[0]


def logged(edge: Edge, request_id: str) -> list[dict[str, Any]]:
    """The lines of that request."""
    lines = (json.loads(line) for line in edge.log().splitlines() if line.startswith('{"time"'))
    return [line for line in lines if line["request_id"] == request_id]


def test_a_trace_of_the_client_goes_through_and_is_logged(standing: Standing) -> None:
    context, line = arrived(standing.edge, standing.engines, traceparent=CONTEXT)
    assert (context, line["trace_id"]) == (CONTEXT, TRACE)


def test_without_tracing_no_trace_is_made_up(standing: Standing) -> None:
    context, line = arrived(standing.edge, standing.engines)
    assert (context, line["trace_id"]) == (None, "")


def test_with_tracing_the_request_id_is_the_trace_of_who_has_none(
    engines: EngineRoom, start_edge: StartEdge
) -> None:
    context, line = arrived(start_edge(engines, alter=traced), engines)
    own = line["request_id"]
    assert (context, line["trace_id"]) == (f"00-{own}-{own[:16]}-01", own)


def test_with_tracing_a_trace_of_the_client_goes_through(engines: EngineRoom, start_edge: StartEdge) -> None:
    edge = start_edge(engines, alter=traced)
    context, line = arrived(edge, engines, traceparent=CONTEXT)
    assert (context, line["trace_id"]) == (CONTEXT, TRACE)


@pytest.mark.parametrize("context", ["nonsense", CONTEXT.upper(), f'00-{TRACE}"-1'])
def test_what_is_no_trace_is_not_logged(standing: Standing, context: str) -> None:
    _, line = arrived(standing.edge, standing.engines, traceparent=context)
    assert line["trace_id"] == ""
