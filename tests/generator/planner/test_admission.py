"""How much the edge admits, from what the engine is told, and what is refused before it could overflow."""

from __future__ import annotations

import pytest

from generator.errors import PlanError
from generator.facts import DockerFacts, HostFacts
from generator.plan.model import DeploymentPlan
from generator.planner import plan_deployment
from generator.spec import load_spec_text


def plan(text: str) -> DeploymentPlan:
    spec = load_spec_text(f"engine: simulator\n{text}", source="deployment.yaml").spec
    return plan_deployment(spec, HostFacts(docker=DockerFacts((28,))))


@pytest.mark.parametrize(
    ("text", "each"),
    [
        ("", [256, 256]),
        ("engine: sglang-cpu\ncheckpoint_path: /m\nreplicas: 1", [32]),
        ("extra_args: --max-running-requests 64", [80, 80]),
        ("extra_args: --max-running-requests=64 --max-queued-requests 10", [74, 74]),
        ("extra_args: --max-running-requests 1", [2, 2]),
        ("limits: {requests_per_replica: 7}\nextra_args: --max-running-requests 64", [7, 7]),
        ("replicas: [{extra_args: --max-running-requests 4}, {}]", [5, 256]),
    ],
)
def test_a_replica_takes_what_runs_and_a_queue(text: str, each: list[int]) -> None:
    text = text if text.startswith("engine") else f"engine: simulator\n{text}"
    spec = load_spec_text(text, source="deployment.yaml").spec
    made = plan_deployment(spec, HostFacts(docker=DockerFacts((28,))))
    assert [replica.max_connections for replica in made.replicas] == each
    assert [server.max_conns for server in made.edge.upstream.servers] == each
    assert made.edge.limits.requests == sum(each)


def test_where_the_capacity_comes_from_is_said() -> None:
    assert any(choice.what == "limits.requests_per_replica" for choice in plan("").choices)
    assert not any("limits" in choice.what for choice in plan("limits: {requests_per_replica: 7}").choices)


def test_more_than_the_replicas_take_is_refused() -> None:
    with pytest.raises(PlanError, match=r"limits\.requests: 9 requests at once, but 2 replicas take 8"):
        plan("limits: {requests: 9, requests_per_replica: 4}")
    assert plan("limits: {requests: 8, requests_per_replica: 4}").edge.limits.requests == 8


def test_without_limits_for_tenants_there_are_none() -> None:
    assert plan("").edge.limits.tenants == ()


def test_a_tenants_own_limits_stand_instead_of_everyones_where_they_are_given() -> None:
    text = (
        "limits: {per_tenant: {requests: 4, requests_per_minute: 60}, tenants: {big: {requests: 9}, a: {}}}"
    )
    found = {limit.tenant: limit for limit in plan(text).edge.limits.tenants}
    assert {name: (limit.requests, limit.per_minute) for name, limit in found.items()} == {
        "": (4, 60),
        "a": (4, 60),
        "big": (9, 60),
    }
    assert len({limit.zone for limit in found.values()}) == 3


@pytest.mark.parametrize(
    ("per_minute", "burst", "period"), [(1, 1, 60), (2, 1, 30), (7, 1, 9), (60, 10, 1), (6000, 1000, 1)]
)
def test_a_rate_says_when_it_lets_one_more_in(per_minute: int, burst: int, period: int) -> None:
    (limit,) = plan(f"limits: {{per_tenant: {{requests_per_minute: {per_minute}}}}}").edge.limits.tenants
    assert (limit.burst, limit.period) == (burst, period)
