"""The timeout ladder stands upright whatever is asked for, and what would turn it over is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import PlanError
from generator.facts import DockerFacts, HostFacts
from generator.plan.model import DeploymentPlan
from generator.planner import plan_deployment
from generator.planner.budgets import timeout_ladder
from generator.spec import DeploymentSpec, load_spec_text


def plan(text: str) -> DeploymentPlan:
    spec = load_spec_text(text, source="deployment.yaml").spec
    return plan_deployment(spec, HostFacts(docker=DockerFacts((28,))))


@given(st.integers(10, 86400))
def test_every_rung_is_above_the_one_before(request_timeout: int) -> None:
    ladder = timeout_ladder(DeploymentSpec(request_timeout=request_timeout))
    assert ladder.request == request_timeout
    assert ladder.queue + ladder.request < ladder.edge_read < ladder.client
    assert ladder.edge_read < ladder.stop_grace
    assert ladder.edge_keepalive < ladder.engine_keepalive
    assert ladder.edge_connect_ms < 1000 * ladder.queue


def test_the_ladder_is_what_services_are_given() -> None:
    made = plan("engine: sglang-cpu\ncheckpoint_path: /m\nrequest_timeout: 100")
    environment = dict(made.replicas[0].environment)
    assert environment["SGLANG_REQ_RUNNING_TIMEOUT"] == "100"
    assert environment["SGLANG_REQ_WAITING_TIMEOUT"] == "30"
    assert made.timeouts.edge_read == 145
    assert made.timeouts.stop_grace == 175


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            "env_vars: {SGLANG_REQ_RUNNING_TIMEOUT: 601}",
            "env_vars.SGLANG_REQ_RUNNING_TIMEOUT: expected 1 to 600 s, got '601'; the edge would give up on",
        ),
        ("env_vars: {SGLANG_REQ_RUNNING_TIMEOUT: 0}", "expected 1 to 600 s, got '0'"),
        ("env_vars: {SGLANG_REQ_RUNNING_TIMEOUT: soon}", "expected 1 to 600 s, got 'soon'"),
        ("env_vars: {SGLANG_REQ_WAITING_TIMEOUT: 61}", "SGLANG_REQ_WAITING_TIMEOUT: expected 1 to 60 s"),
        ("env_vars: {SGLANG_TIMEOUT_KEEP_ALIVE: 4}", "SGLANG_TIMEOUT_KEEP_ALIVE: expected 5 to 86400 s"),
        ("env_vars: {SGLANG_HEALTH_CHECK_TIMEOUT: 25}", "SGLANG_HEALTH_CHECK_TIMEOUT: expected 1 to 24 s"),
        (
            "replicas: [{}, {env_vars: {SGLANG_REQ_RUNNING_TIMEOUT: 9999}}]",
            "replicas.1.env_vars.SGLANG_REQ_RUNNING_TIMEOUT: expected 1 to 600 s, got '9999'",
        ),
    ],
)
def test_an_inversion_is_refused(text: str, fault: str) -> None:
    with pytest.raises(PlanError) as caught:
        plan(text)
    assert fault in caught.value.message


def test_the_ends_of_each_rung_are_allowed() -> None:
    variables = {
        "SGLANG_REQ_RUNNING_TIMEOUT": 600,
        "SGLANG_REQ_WAITING_TIMEOUT": 60,
        "SGLANG_TIMEOUT_KEEP_ALIVE": 5,
        "SGLANG_HEALTH_CHECK_TIMEOUT": 24,
    }
    assert plan(f"env_vars: {variables}").replicas


def test_all_inversions_are_told_at_once() -> None:
    with pytest.raises(PlanError) as caught:
        plan("env_vars: {SGLANG_REQ_RUNNING_TIMEOUT: 9999, SGLANG_TIMEOUT_KEEP_ALIVE: 1}")
    assert len(caught.value.faults) == 2
