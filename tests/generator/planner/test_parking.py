"""What may be parked, by which rules, and what the files say meanwhile."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML

from generator.errors import PlanError
from generator.facts import DockerFacts, HostFacts, NginxFacts
from generator.parking.change import parked
from generator.plan.model import Choice, DeploymentPlan, Parking
from generator.plan.serial import plan_from_json, plan_json
from generator.planner import plan_deployment
from generator.render import render
from generator.spec import load_spec_text


def plan(text: str) -> DeploymentPlan:
    spec = load_spec_text(f"engine: simulator\n{text}", source="deployment.yaml").spec
    return plan_deployment(spec, HostFacts(docker=DockerFacts((28,)), nginx=NginxFacts("nginx", (1, 22, 1))))


def test_several_replicas_may_be_parked_without_a_word_in_the_spec() -> None:
    assert plan("replicas: 3").parking == Parking(
        keep=1, wake_queue=1, requests_per_replica=8, idle_after=900, holds=768
    )


def test_the_spec_has_its_own_rules() -> None:
    made = plan("replicas: 3\nparking: {keep: 2, wake_queue: 5, requests_per_replica: 4, idle_after: 60}")
    assert made.parking == Parking(keep=2, wake_queue=5, requests_per_replica=4, idle_after=60, holds=768)


@pytest.mark.parametrize(
    "text",
    [
        "replicas: 1",
        "replicas: 2\nrouting: sglang-router",
        "replicas: 2\nrouting: dynamo",
        "topology: disaggregated\ndisaggregation: {backend: fake}",
    ],
)
def test_where_others_send_the_requests_nothing_is_parked(text: str) -> None:
    assert plan(text).parking is None
    with pytest.raises(PlanError, match="parking: nothing can be parked: "):
        plan(f"{text}\nparking: {{}}")


def test_to_keep_all_is_no_rule() -> None:
    with pytest.raises(PlanError, match=r"parking\.keep: all of 2 replicas are kept; at most 1"):
        plan("replicas: 2\nparking: {keep: 2}")


def test_where_few_replicas_fit_those_are_kept() -> None:
    made = plan("replicas: fit\nparking: {keep: 2}")
    assert made.parking is None
    assert Choice("parking", "nothing", "all of 2 replicas are kept") in made.choices


@pytest.mark.parametrize("text", ["extra_args: --max-queued-requests 9", "limits: {requests_per_replica: 9}"])
def test_a_replica_that_may_have_no_more_holds_nothing_for_others(text: str) -> None:
    made = plan(f"replicas: 3\n{text}")
    assert made.parking is not None
    assert made.parking.holds == 0


def test_a_parked_replica_gets_no_requests_and_the_others_hold_them() -> None:
    upstream = render(parked(plan("replicas: 3"), running=1))["nginx/conf.d/upstream.conf"]
    servers = [line.strip() for line in upstream.splitlines() if line.strip().startswith("server ")]
    assert [" down" in line for line in servers] == [False, True, True]
    assert "max_conns=768" in servers[0]


def test_the_edge_admits_as_many_as_ever_or_what_the_awake_may_have() -> None:
    def admitted(text: str) -> str:
        return render(parked(plan(f"replicas: 3\n{text}"), running=2))["nginx/conf.d/admission.conf"]

    assert "limit_conn all_open 768;" in admitted("")
    assert "limit_conn all_open 40;" in admitted("limits: {requests: 40}")
    assert "limit_conn all_open 18;" in admitted("limits: {requests_per_replica: 9}")


def test_the_edges_scripts_know_who_is_parked() -> None:
    script = render(parked(plan("replicas: 3"), running=2))["nginx/js/routing/replicas.js"]
    assert "PARKED: 0b100," in script
    assert "SLOTS: [768, 768, 256]," in script


def test_nobody_scrapes_a_parked_replica() -> None:
    made = plan("replicas: 2")
    last = made.replicas[-1]
    assert f"{last.address}:" in render(made)["prometheus/prometheus.yml"]
    assert f"{last.address}:" not in render(parked(made, running=1))["prometheus/prometheus.yml"]


def test_compose_starts_a_parked_replica_only_when_told_to() -> None:
    made = plan("replicas: 2")
    services = YAML(typ="safe").load(render(parked(made, running=1))["compose.yaml"])["services"]
    assert services["replica-1"].pop("profiles") == ["parked"]
    assert services == YAML(typ="safe").load(render(made)["compose.yaml"])["services"]


def test_a_parked_replica_has_no_process() -> None:
    made = plan("replicas: 2\nruntime: host")
    name = "host/supervisord.conf"
    assert "[program:replica-1]" in render(made)[name]
    assert "[program:replica-1]" not in render(parked(made, running=1))[name]


def test_waking_all_is_the_plan_as_it_was() -> None:
    made = plan("replicas: 3")
    read = plan_from_json(plan_json(parked(made, running=1)), source="plan.json")
    assert [replica.name for replica in read.awake] == ["replica-0"]
    assert render(parked(read, running=3)) == render(made)
