"""Health checks, metrics and logs: of the plan, and of what runs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from generator.audit.finding import Subject
from generator.audit.serving import health_checks, logs, metrics
from generator.facts import HostFacts, NginxFacts
from generator.plan.model import LogRotation
from tests.generator.audit.subjects import DOCKER, running, subject

BARE = HostFacts(nginx=NginxFacts("nginx", (1, 22, 1)), prometheus="prometheus")


def changed(**changes: Any) -> Subject:
    """A plan as the planner never makes it."""
    usual = subject()
    return replace(usual, plan=replace(usual.plan, **changes))


def test_a_usual_plan_passes_and_says_that_nothing_runs() -> None:
    for practice in (health_checks, metrics):
        finding = practice(subject())
        assert finding.verdict == "pass"
        assert "nothing runs" in finding.seen


def test_replicas_that_are_ready_pass() -> None:
    assert health_checks(subject(running=running())).seen.endswith("all 2 are ready")


def test_a_replica_that_is_not_ready_fails() -> None:
    finding = health_checks(
        subject(running=running(phases={"replica-0": "ready", "replica-1": "restarting"}))
    )
    assert (finding.verdict, finding.seen) == ("fail", "replica-1 is restarting")


def test_a_replica_without_a_check_fails() -> None:
    (first, second) = subject().plan.replicas
    bare = replace(first, health=replace(first.health, test=()))
    assert health_checks(changed(replicas=(bare, second))).seen == "none for replica-0"


def test_an_edge_that_can_not_ask_fails_with_the_versions_that_can() -> None:
    finding = health_checks(subject(BARE, engine="simulator", checkpoint_path=None))
    assert (finding.verdict, finding.looked_at) == ("fail", "plan")
    assert "NGINX 1.22.1 asks no replica" in finding.seen
    assert finding.remedy.startswith("NGINX 1.29.6")


def test_an_old_nginx_before_one_replica_has_nothing_to_take_out() -> None:
    one = subject(BARE, engine="simulator", checkpoint_path=None, replicas=1)
    assert health_checks(one).verdict == "pass"


@pytest.mark.parametrize(
    ("scraped", "verdict"),
    [
        ({"replica-0": "up", "replica-1": "up"}, "pass"),
        ({"replica-0": "up", "replica-1": "down"}, "fail"),
        ({"replica-0": "up", "replica-1": "unknown"}, "not known"),
        ({"replica-0": "up"}, "not known"),
        (None, "fail"),
    ],
)
def test_metrics_are_worth_what_prometheus_gets_of_them(scraped: dict[str, str] | None, verdict: str) -> None:
    assert metrics(subject(running=running(scraped=scraped))).verdict == verdict


def test_an_engine_without_metrics_fails() -> None:
    (first, second) = subject().plan.replicas
    silent = replace(first, argv=tuple(word for word in first.argv if word != "--enable-metrics"))
    assert metrics(changed(replicas=(silent, second))).seen == "off in replica-0"


def test_dynamos_simulated_workers_have_metrics_without_a_flag() -> None:
    plan: dict[str, Any] = {"engine": "simulator", "checkpoint_path": None, "routing": "dynamo"}
    assert metrics(subject(HostFacts(docker=DOCKER), **plan)).verdict == "pass"


def test_a_replica_that_prometheus_does_not_know_fails() -> None:
    finding = metrics(changed(prometheus=replace(subject().plan.prometheus, jobs=())))
    assert (finding.verdict, finding.seen) == ("fail", "Prometheus does not ask replica-0, replica-1")


def test_logs_are_rotated() -> None:
    finding = logs(subject())
    assert (finding.verdict, "gone when its container" in finding.seen) == ("pass", True)


@pytest.mark.parametrize("log", [LogRotation("", 5), LogRotation("50m", 0)])
def test_logs_without_a_bound_fail(log: LogRotation) -> None:
    assert logs(changed(log=log)).verdict == "fail"
