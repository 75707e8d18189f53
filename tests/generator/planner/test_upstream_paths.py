"""What the edge asks behind `/ready` and `/health` is what those behind it answer in earnest."""

from __future__ import annotations

from tests.generator.runtime.situations import plan_of


def test_replicas_are_asked_as_the_engine_names_it() -> None:
    upstream = plan_of("runtime: host").edge.upstream
    assert (upstream.ready_path, upstream.health_path) == ("/ready", "/health")


def test_a_router_is_asked_for_its_replicas_and_not_for_itself() -> None:
    upstream = plan_of("runtime: host\nrouting: sglang-router").edge.upstream
    assert (upstream.ready_path, upstream.health_path) == ("/readiness", "/health_generate")
