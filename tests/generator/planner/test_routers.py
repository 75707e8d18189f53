"""The router of a plan: between the edge and all replicas, with settings that suit one box."""

from __future__ import annotations

import re

import pytest

from generator.errors import PlanError
from generator.facts import HostFacts
from generator.plan.model import DeploymentPlan
from generator.planner import plan_deployment
from generator.render import render
from generator.spec.loading import validated

HOST = {"engine": "simulator", "runtime": "host", "routing": "sglang-router", "replicas": 3}


def plan(**spec: object) -> DeploymentPlan:
    return plan_deployment(validated({**HOST, **spec}, source="test", lines={}), HostFacts(kit_root="/kit"))


def value(argv: tuple[str, ...], flag: str) -> str:
    return argv[argv.index(flag) + 1]


def test_it_stands_between_the_edge_and_every_replica() -> None:
    made = plan()
    (router,) = made.routers
    begin = router.argv.index("--worker-urls") + 1
    assert router.argv[begin : begin + 3] == tuple(
        f"http://{replica.address}:{replica.port}" for replica in made.replicas
    )
    assert [server.address for server in made.edge.upstream.servers] == [f"{router.address}:{router.port}"]
    assert [job.name for job in made.prometheus.jobs] == ["sglang", "router", "edge", "prometheus"]
    assert [process.name for process in made.processes if process.priority == 15] == ["router"]


def test_its_limits_are_still_those_of_the_replicas() -> None:
    assert plan().edge.limits == plan(routing="least_conn").edge.limits


def test_a_stop_outlasts_what_the_router_waits_for_streams() -> None:
    made = plan()
    assert int(value(made.routers[0].argv, "--shutdown-grace-period-secs")) < made.timeouts.stop_grace


@pytest.mark.parametrize(("program", "venv"), [("sglang-router", "router"), ("smg", "smg")])
def test_it_runs_in_an_environment_of_its_own_unless_one_is_named(program: str, venv: str) -> None:
    own, named = (plan(router={"program": program, **more}) for more in ({}, {"python": "/own/python"}))
    assert (own.venvs, own.routers[0].argv[0]) == ((venv,), f"/kit/.venv-{venv}/bin/python")
    assert (named.venvs, named.routers[0].argv[0]) == ((), "/own/python")


def test_only_the_program_whose_breaker_counts_no_mistakes_of_clients_has_one() -> None:
    assert "--disable-circuit-breaker" in plan().routers[0].argv
    assert "--disable-circuit-breaker" not in plan(router={"program": "smg"}).routers[0].argv


def test_thresholds_are_given_to_the_policy_that_has_them() -> None:
    assert value(plan(router={"cache_threshold": 0.5}).routers[0].argv, "--cache-threshold") == "0.5"
    assert "--cache-threshold" not in plan(router={"policy": "random"}).routers[0].argv


def test_a_promise_that_smg_can_not_keep_is_refused() -> None:
    with pytest.raises(PlanError, match="four times"):
        plan(router={"program": "smg"}, retry_sent="once")


def test_administrators_reach_it_and_each_replica() -> None:
    tree = render(plan(admin={"keys_file": "/keys"}))
    named = re.findall(r"location /([a-z0-9-]+)/ ", tree["nginx/conf.d/admin.conf"])
    assert named == ["router", "replica-0", "replica-1", "replica-2"]


def test_its_ports_are_ports_like_any_other() -> None:
    with pytest.raises(PlanError, match="port 30001 is used twice"):
        plan(router={"metrics_port": 30001})
